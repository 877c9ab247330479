import { NodeFailure } from './external-node.js';

/**
 * What somebody else asked already. Where the time of that one is over, ours may not be.
 * @param ask asks by ourselves.
 */
export async function joined<T>(pending: Promise<T>, ask: () => Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (failure) {
    if (failure instanceof NodeFailure && failure.errorClass === 'timeout') return ask();
    throw failure;
  }
}
