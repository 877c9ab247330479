/** The committed WebAssembly module: what proves that it is of these sources, where there is no compiler. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../native-dsp/scripts/build-wasm.mjs', import.meta.url));

function reproduce(environment: Record<string, string>) {
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--reproduce'], {
    env: { PATH: '', ...environment },
    encoding: 'utf8',
  });
  return { status, stderr };
}

it('that it cannot be built once more is a warning here, and a failure in continuous integration', () => {
  const stderr = expect.stringMatching(/^build-wasm: not reproduced: rustc .* is not here\./);
  expect(reproduce({})).toEqual({ status: 0, stderr });
  expect(reproduce({ CI: 'true' })).toEqual({ status: 1, stderr });
});
