/** What may be said about a node in Python besides its parameters: by the operator, never by a client. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import type { JsonObject } from '../item.js';

/** In both runtimes. */
export interface PythonLimits {
  /**
   * Memory in megabytes (1 000 000 bytes): of address space in CPython (default: as much as the system gives), of the heap in Pyodide
   * (default: what WebAssembly's 32 bits reach). What goes beyond is a MemoryError, the failure `resource`, `out_of_memory`.
   */
  readonly memoryMb?: number | undefined;
  /**
   * Packages that the module's import statements may name, with what is below them. Default: all that are there. It keeps honest modules
   * to what was agreed on; code that means harm gets around it. Against that, Pyodide has no files, processes or sockets of
   * the machine to begin with, though nobody vouches that no hole is left; CPython has every right that the gateway has.
   */
  readonly allowImports?: readonly string[] | undefined;
  /** Packages that must be there: `numpy`, `numpy>=1.24,<3`. Never downloaded; what is not there fails with `package_missing`. */
  readonly requires?: readonly string[] | undefined;
  /** Every line that the node prints, and tracebacks. Bounded: 200 lines a second, 2000 characters a line. */
  readonly onLog?: ((line: string, nodeId: string) => void) | undefined;
}

export interface PythonClass {
  readonly className: string;
  readonly spec: ExternalSpec;
}

/** The part of {@link ExternalSpec} that a module can know. */
export type DescribedSpec = Omit<ExternalSpec, 'executor'>;

/** A node to be made. */
export interface PythonNodeRequest<Source, Options> {
  /** `python` is Pyodide, `cpython` a process. */
  readonly executor: 'python' | 'cpython';
  readonly source: Source;
  /** Name of the class or its `node_type`; may be absent where the module has one node class. */
  readonly className?: string | undefined;
  /** Default: those of the context. */
  readonly params?: Readonly<JsonObject> | undefined;
  readonly options?: Options | undefined;
}
