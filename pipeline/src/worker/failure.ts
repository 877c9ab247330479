/** What a failure is called when it leaves the thread: as it would be called in the gateway's own. */

import { NodeFailure } from '../external/external-node.js';
import type { Answer } from '../guest/message.js';
import { asFailure } from '../reliability/failure.js';

/** Of a message or a stack; what is longer is cut. */
const MAX_CHARACTERS = 2000;
/** Our own frames are of no use to those who write nodes; `dist/` holds this file's folder. */
const OWN_FOLDER = new URL('..', import.meta.url).href;

export function describeFailure(thrown: unknown): Answer {
  const { errorClass, code, message } = asFailure(thrown);
  const failure = new NodeFailure(errorClass, code, message.slice(0, MAX_CHARACTERS));
  return { is: 'failure', failure, traceback: tracebackOf(thrown), fatal: false };
}

/** Where it was thrown; of what the node says itself, that is of no interest. */
function tracebackOf(thrown: unknown): string {
  const error = thrown instanceof NodeFailure ? thrown.cause : thrown;
  if (!(error instanceof Error)) return '';
  const lines = (error.stack ?? '').split('\n').filter((line) => !line.includes(OWN_FOLDER));
  return lines.join('\n').slice(0, MAX_CHARACTERS);
}
