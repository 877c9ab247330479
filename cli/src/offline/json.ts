/** A pipeline of JSON values over the value that the command line gives. */
import { pathToFileURL } from 'node:url';
import {
  isNativeError,
  type JsonValue,
  type ManifestKind,
  type ManifestValidation,
} from '@remotemedia/native-dsp';
import { NodeFailure, Pipeline } from '@remotemedia/pipeline';
import { PYTHON_NODE_SPECS, pythonHost, warmPyodide } from '@remotemedia/pipeline/python';
import { CommandError, UsageError } from '../exit.js';
import { offlineRuntime } from '../runtime.js';
import { readText } from '../text.js';
import { explain } from './explain.js';

/** What runs a manifest: one that could work on either runs on audio, one of several parts by whoever plans them. */
export function kindOf(manifest: string): ManifestKind | null {
  const answer = offlineRuntime().validateManifest(manifest, undefined, JSON.stringify(PYTHON_NODE_SPECS));
  return (JSON.parse(answer) as ManifestValidation).kind;
}

/**
 * Runs a pipeline of several parts, none of which is on audio, on JSON.
 * @returns the values that came out, as JSON.
 */
export async function runPartsOnJson(manifestPath: string, input: string): Promise<string> {
  const base = pathToFileURL(manifestPath);
  const pipeline = await Pipeline.fromFile(manifestPath, { hosts: [pythonHost({ base })] });
  if (pipeline.plan.has_graph) {
    const hint = 'Run it from code (`Pipeline.run`), or through the gateway (`POST /api/v1/execute`).';
    throw new CommandError(`${manifestPath} has nodes outside its audio graph.\n  ${hint}`);
  }
  const text = await readInput(manifestPath, input);
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`the input is not JSON: ${(error as Error).message}`);
  }
  try {
    return JSON.stringify((await pipeline.run(value)).value);
  } catch (error) {
    if (error instanceof NodeFailure) throw new CommandError(`${error.message} [${error.code}]`);
    throw explain(error, manifestPath);
  } finally {
    // A spare interpreter, good for a gateway, would keep the command from ending.
    warmPyodide(0);
  }
}

/**
 * Executes `manifest` on `input`: JSON, `@` and the path of a file that holds it, or `-` for standard input.
 * @returns the result as the runtime writes it: parsing it here would round long whole numbers.
 */
export async function executeOnJson(manifest: string, manifestPath: string, input: string): Promise<string> {
  const text = await readInput(manifestPath, input);
  try {
    return new (offlineRuntime(manifest).ValuePipeline)(manifest).execute(text);
  } catch (error) {
    if (isNativeError(error) && error.code === 'invalid_json') {
      const hint = 'This pipeline works on JSON values: give JSON, @PATH for a file that holds it, or -';
      throw new CommandError(`${error.message} [${error.code}]\n  ${hint}`);
    }
    throw explain(error, manifestPath);
  }
}

async function readInput(manifestPath: string, input: string): Promise<string> {
  if (manifestPath === '-' && input === '-') {
    throw new UsageError('the manifest and the input cannot both come from standard input', 'run');
  }
  return input === '-' || input.startsWith('@') ? readText(input.replace(/^@/, ''), 'input') : input;
}
