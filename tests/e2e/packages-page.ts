/** The side of the browser: the README of the SDK with the import path changed, and a package with code. */
import { PackageLoader, PipelineRunner } from '@remotemedia/pipeline/package';

export interface Ran {
  readonly outputs: unknown;
  readonly notes: readonly string[];
  readonly hasRuntime: boolean;
}

declare global {
  interface Window {
    packages: {
      /** As the SDK's snippet does, with the file at an address. */
      run(address: string, inputData: unknown, trust?: boolean): Promise<Ran>;
      refusal(address: string, inputData: unknown): Promise<{ code: string; message: string }>;
    };
  }
}

async function run(address: string, inputData: unknown, trust = false): Promise<Ran> {
  const file = new File([await (await fetch(address)).blob()], address.slice(1));
  const pkg = await PackageLoader.loadFromFile(file);
  const runner = trust ? new PipelineRunner({ trust }) : new PipelineRunner();
  await runner.loadWasm(pkg.wasmBinary);
  const { result } = await runner.execute(pkg.manifest, inputData as never);
  const notes = pkg.notes.map(({ path, message }) => `${path} ${message}`);
  return { outputs: result.outputs, notes, hasRuntime: pkg.wasmBinary !== null };
}

window.packages = {
  run,
  async refusal(address, inputData) {
    try {
      await run(address, inputData);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
    throw new Error('it ran');
  },
};
