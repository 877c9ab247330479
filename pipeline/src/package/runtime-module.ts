/** `runtime.wasm`: whether it is a module of ours, told by its exports, without compiling it. */

/** Some of those without which nothing here could use it. */
const OURS = ['reply_pointer', 'plan_pipeline', 'validate_manifest', 'external_mentions', 'values_execute'];
const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const HEADER_BYTES = 8;
const EXPORT_SECTION = 7;

export const isWasm = (bytes: Uint8Array): boolean => MAGIC.every((byte, index) => bytes[index] === byte);

/** Whether it can run pipelines here. The SDK's is a command for WASI, which cannot. */
export function isOurRuntime(bytes: Uint8Array): boolean {
  const names = isWasm(bytes) ? exportsOf(bytes) : new Set();
  return OURS.every((name) => names.has(name));
}

/** The names of the export section (WebAssembly Core 2.0, 5.5.10); none where it cannot be read. */
function exportsOf(bytes: Uint8Array): Set<string> {
  const names = new Set<string>();
  const decoder = new TextDecoder();
  let at = HEADER_BYTES;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return value;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return value;
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === EXPORT_SECTION) {
      for (let count = number(); count > 0 && at < bytes.length; count--) {
        const length = number();
        names.add(decoder.decode(bytes.subarray(at, at + length)));
        // One byte says what kind of thing it is.
        at += length + 1;
        number();
      }
    }
    at = end;
  }
  return names;
}
