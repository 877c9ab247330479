/** What a node threw, as a failure with a class and a code. */
import { NodeFailure } from '../external/external-node.js';

/** Codes of the system that pass by themselves. */
const PASSING_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'ENETUNREACH'];

/** Anything that was thrown; what does not say of what class it is, is the node's own mistake: `internal`, and not tried again. */
export function asFailure(thrown: unknown): NodeFailure {
  if (thrown instanceof NodeFailure) return thrown;
  const message = messageOf(thrown);
  const code = codeOf(thrown);
  if (code !== undefined && PASSING_CODES.includes(code)) {
    return new NodeFailure('transient', code.toLowerCase(), message, { cause: thrown });
  }
  return new NodeFailure('internal', 'node_threw', message, { cause: thrown });
}

/** Even of what has no text, as an object without a prototype. */
function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something that cannot be told was thrown';
  }
}

function codeOf(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
