/**
 * One instance of the WebAssembly module: calls, texts across the border, and what becomes of a trap. The other half of this interface is
 * `native-dsp/wasm/src`. An instance that has trapped is never called again; whoever holds it makes a new one.
 */
import { nativeError } from '../errors.js';

/** What every instance exports, whatever it was made for. Pointers are unsigned where they are used: `>>> 0`. */
interface CommonExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  allocate_samples(count: number): number;
  reply_pointer(): number;
  reply_bytes(): number;
}

type Exports = CommonExports & Record<string, (...numbers: number[]) => number>;

/** A typed array by its constructor. */
type ViewConstructor<View> = new (buffer: ArrayBuffer, byteOffset: number, length: number) => View;

const FAILED = -1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class WasmInstance {
  readonly #exports: Exports;
  #end: Error | undefined;

  /** @param imports functions that the module asks of its host, by module and name; those left out throw when they are called. */
  constructor(module: WebAssembly.Module, imports: WebAssembly.Imports = {}) {
    const instance = new WebAssembly.Instance(module, complete(imports, module));
    this.#exports = instance.exports as unknown as Exports;
  }

  /** Whether it trapped. */
  get isLost(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Calls an export.
   * @throws NativeError the caller's mistake as the module told it; `session_panicked` where it traps, or has trapped before.
   */
  call(name: string, ...numbers: number[]): number {
    if (this.#end) throw this.#end;
    let result: number;
    try {
      result = this.#exports[name]!(...numbers);
    } catch (cause) {
      this.#end = nativeError('session_panicked', reasonOf(cause), { cause });
      throw this.#end;
    }
    if (result === FAILED) throw this.#error();
    return result;
  }

  /** Hands a text over: what to pass for `pointer, bytes`. */
  give(text: string): [pointer: number, bytes: number] {
    const bytes = encoder.encode(text);
    const pointer = this.call('allocate', bytes.length) >>> 0;
    new Uint8Array(this.#exports.memory.buffer, pointer, bytes.length).set(bytes);
    return [pointer, bytes.length];
  }

  /** Hands samples over: what to pass for `pointer, count`. */
  giveSamples(samples: Float32Array): [pointer: number, count: number] {
    const pointer = this.call('allocate_samples', samples.length) >>> 0;
    new Float32Array(this.#exports.memory.buffer, pointer, samples.length).set(samples);
    return [pointer, samples.length];
  }

  /** What the last call answered with. */
  reply(): string {
    return this.#text(this.#exports.reply_pointer(), this.#exports.reply_bytes());
  }

  /** The samples at a pointer that does not change. */
  samples(pointer: number, length: number): WasmSamples {
    return new WasmSamples(this.#exports.memory, pointer >>> 0, length);
  }

  /** A view of bytes, good until the next call of the instance. */
  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, pointer >>> 0, length);
  }

  /** A view of numbers of another kind, good until the next call of the instance. */
  view<View>(kind: ViewConstructor<View>, pointer: number, length: number): View {
    return new kind(this.#exports.memory.buffer, pointer >>> 0, length);
  }

  /** A copy of 16-bit samples. */
  copyInt16(pointer: number, length: number): Int16Array {
    return new Int16Array(this.#exports.memory.buffer, pointer >>> 0, length).slice();
  }

  #error(): Error {
    const { code, message, complaints, failure } = JSON.parse(this.reply());
    return nativeError(code, message, {
      ...(code === 'invalid_manifest' && { complaints }),
      ...(failure && { nodeId: failure.node_id, inputIndex: failure.input_index, hint: failure.hint }),
    });
  }

  #text(pointer: number, bytes: number): string {
    return decoder.decode(new Uint8Array(this.#exports.memory.buffer, pointer >>> 0, bytes));
  }
}

/** Samples in the module's memory, which may grow: that detaches every view of it, so a new one is made then. */
export class WasmSamples {
  #view: Float32Array;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly pointer: number,
    readonly length: number,
  ) {
    this.#view = this.#look();
  }

  /** Good until the next call of the instance. */
  get view(): Float32Array {
    if (this.#view.buffer !== this.memory.buffer) this.#view = this.#look();
    return this.#view;
  }

  #look(): Float32Array {
    return new Float32Array(this.memory.buffer, this.pointer, this.length);
  }
}

/** All that the module asks for; what the host does not offer says so when it is called. */
function complete(imports: WebAssembly.Imports, module: WebAssembly.Module): WebAssembly.Imports {
  const all: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const absent = () => {
      throw new Error(`this instance was made without ${from}.${name}`);
    };
    all[from] = { ...all[from], [name]: imports[from]?.[name] ?? absent };
  }
  return all;
}

function reasonOf(cause: unknown): string {
  return `the WebAssembly module trapped: ${cause instanceof Error ? cause.message : String(cause)}`;
}
