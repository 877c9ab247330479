/** `remotemedia doctor`: what this machine can run pipelines with. */
import { loadNative, loadWasmFile } from '@remotemedia/native-dsp';
import { chooseRuntime } from '@remotemedia/pipeline';
import { EXIT_OK, UsageError } from '../exit.js';

export const USAGE = `remotemedia doctor

Tells which runtimes can be used here, and which one is, and why. Exit status 1 if none can.`;

export async function doctor(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError('doctor takes no arguments', 'doctor');
  console.log(`node    ${process.version}, ${process.platform}-${process.arch}`);
  console.log(`native  ${describe(() => `${loadNative().version}, ${loadNative().opusVersion}`)}`);
  console.log(`wasm    ${describe(() => loadWasmFile().version)}`);
  // Both have been told of: no warning.
  const { name, reason } = chooseRuntime({ warn: () => {} });
  console.log(`used    ${name}: ${reason}`);
  return EXIT_OK;
}

function describe(version: () => string): string {
  try {
    return version();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
