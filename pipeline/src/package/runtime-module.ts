/** `runtime.wasm`: whether it is a module of ours, told by its exports, without compiling it. */

/** Some of those without which nothing here could use it. */
const OURS = ['reply_pointer', 'plan_pipeline', 'validate_manifest', 'external_mentions', 'values_execute'];
const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const HEADER_BYTES = 8;
const EXPORT_SECTION = 7;

export const isWasm = (bytes: Uint8Array): boolean => MAGIC.every((byte, index) => bytes[index] === byte);

/** Whether it can run pipelines here. The SDK's is a command for WASI, which cannot. */
export function isOurRuntime(bytes: Uint8Array): boolean {
  const missing = new Set(OURS);
  if (isWasm(bytes)) for (const name of exportsOf(bytes)) missing.delete(name);
  return missing.size === 0;
}

/**
 * The names of the export section (WebAssembly Core 2.0, 5.5.10); none where it cannot be read. Each byte is looked at once, whatever a
 * stranger's module says of itself: a section ends where it says, for those before and behind it.
 */
function* exportsOf(bytes: Uint8Array): Generator<string> {
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
    const end = Math.min(number() + at, bytes.length);
    if (section === EXPORT_SECTION) {
      for (let count = number(); count > 0 && at < end; count--) {
        const length = number();
        yield decoder.decode(bytes.subarray(at, Math.min(at + length, end)));
        // One byte says what kind of thing it is.
        at += length + 1;
        number();
      }
    }
    at = end;
  }
}
