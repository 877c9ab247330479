/**
 * The `remotemedia` command: finds the verb, runs it, and turns what it throws into a message on standard
 * error and an exit code (0 done, 1 failed, 2 called wrongly). The verbs are thin; the work is elsewhere.
 */
import { createRequire } from 'node:module';
import { isNativeError } from '@remotemedia/native-dsp';
import { RuntimeUnavailableError } from '@remotemedia/pipeline';
import * as doctor from './commands/doctor.js';
import * as graph from './commands/graph.js';
import * as importing from './commands/import.js';
import * as nodes from './commands/nodes.js';
import * as packaging from './commands/package.js';
import * as plan from './commands/plan.js';
import * as run from './commands/run.js';
import * as serve from './commands/serve.js';
import * as testing from './commands/test-package.js';
import * as validate from './commands/validate.js';
import { CommandError, EXIT_FAILURE, EXIT_OK, EXIT_USAGE, report, UsageError } from './exit.js';

const COMMANDS: Record<string, { usage: string; run: (args: string[]) => Promise<number> }> = {
  serve: { usage: serve.USAGE, run: serve.serve },
  run: { usage: run.USAGE, run: run.run },
  validate: { usage: validate.USAGE, run: validate.validate },
  plan: { usage: plan.USAGE, run: plan.plan },
  graph: { usage: graph.USAGE, run: graph.graph },
  import: { usage: importing.USAGE, run: importing.importCommand },
  package: { usage: packaging.USAGE, run: packaging.packageCommand },
  'test-package': { usage: testing.USAGE, run: testing.testPackage },
  nodes: { usage: nodes.USAGE, run: nodes.nodes },
  doctor: { usage: doctor.USAGE, run: doctor.doctor },
};

const USAGE = `remotemedia <command> [options]

  serve         start the gateway
  run           run a pipeline over a WAV file, or over a JSON value
  validate      check manifests
  plan          print how a manifest will run
  graph         draw a manifest
  import        rewrite a manifest of the RemoteMedia SDK
  package       put a manifest and its modules into one file (.rmpkg)
  test-package  check packages, and run them
  nodes         list or explain the node types
  doctor        tell what pipelines can run on here

Where a command takes a manifest it takes a package, too.

"remotemedia <command> --help" explains a command.`;

/** Runs the command line `args` (without node and script) and returns the exit code. */
export async function main(args: string[]): Promise<number> {
  // A reader such as `head` may close the pipe early: that is its right, and no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_OK);
    throw error;
  });
  const [name, ...rest] = args;
  if (name === undefined) return refuse(new UsageError('which command?'));
  if (['--help', '-h', 'help'].includes(name)) return print(COMMANDS[rest[0] ?? '']?.usage ?? USAGE);
  if (name === '--version') return print(loadVersion());
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return refuse(new UsageError(`there is no command ${name}`));
  if (rest.includes('--help') || rest.includes('-h')) return print(command.usage);
  try {
    return await command.run(rest);
  } catch (error) {
    return refuse(error, name);
  }
}

function print(text: string): number {
  console.log(text);
  return EXIT_OK;
}

/** Says what went wrong. Errors that nobody foresaw are thrown on, with their stack. */
function refuse(error: unknown, command?: string): number {
  if (error instanceof UsageError || isParseArgsError(error)) {
    const usage = command === undefined ? USAGE : COMMANDS[command]!.usage;
    console.error(`remotemedia: ${error.message}\n\n${usage}`);
    return EXIT_USAGE;
  }
  if (!isForeseen(error)) throw error;
  console.error(error instanceof CommandError ? report(error) : `remotemedia: ${error.message}`);
  return EXIT_FAILURE;
}

/** Errors whose message is meant for people: mistakes in what they gave us, and what is missing here. */
function isForeseen(error: unknown): error is Error {
  if (error instanceof CommandError || error instanceof RuntimeUnavailableError) return true;
  if (isFileError(error) || isNativeError(error)) return true;
  // By name: their packages are loaded by `serve` only.
  return error instanceof Error && ['ConfigError', 'GatewayError'].includes(error.name);
}

function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** A file that is missing, forbidden or a folder: the system's own words say it well. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function loadVersion(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  return version;
}
