/**
 * How a command ends: exit codes as Unix has them, and the two errors that carry one.
 */
import { type Complaint, complaintPlace } from '@remotemedia/pipeline';

export const EXIT_OK = 0;
/** The command could not do its work. */
export const EXIT_FAILURE = 1;
/** The command was called wrongly. */
export const EXIT_USAGE = 2;

/** The command line itself is wrong; `usage` is the command whose usage line helps. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    readonly command?: string,
  ) {
    super(message);
  }
}

/** The command was right and its work failed; complaints are listed below the message. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly complaints: readonly Complaint[] = [],
  ) {
    super(message);
  }
}

/** A complaint as one or two lines for a terminal; with the name of the `file`, as compilers write it. */
export function describe(complaint: Complaint, file?: string): string {
  const { code, message, hint } = complaint;
  const place = `${file === undefined ? '  ' : ''}${complaintPlace(complaint, file)}`;
  return `${place}: ${message} [${code}]${hint ? `\n      ${hint}` : ''}`;
}

/** Characters that steer a terminal; lines may end. What is complained of may be a stranger's. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** What a command has to say about its failure. */
export function report({ message, complaints }: CommandError): string {
  const lines = [`remotemedia: ${message}`, ...complaints.map((complaint) => describe(complaint))];
  return lines.join('\n').replace(CONTROL, '');
}
