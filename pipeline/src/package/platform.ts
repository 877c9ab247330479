/** What differs between Node and a page: where a runtime, Python and modules come from. */
import type { ExternalSpec, OfflineRuntime } from '@remotemedia/native-dsp';
import type { ExternalNode } from '../external/external-node.js';
import type { NodeHost } from '../external/host.js';
import type { PythonNodeRequest } from '../python/options.js';

/** What a node prints that has an interpreter of its own. */
export type LogLine = (line: string, nodeId: string) => void;

export interface PythonText {
  readonly text: string;
  /** For tracebacks. */
  readonly name: string;
}

export interface Platform {
  /**
   * What runs pipelines here, and checks manifests.
   * @param binary the module that a package brings along; for those who have nothing better.
   * @throws RuntimeUnavailableError
   */
  runtime(binary: ArrayBuffer | null): Promise<OfflineRuntime>;
  /** The Python nodes that come along. */
  pythonNodes(onLog: LogLine | undefined): NodeHost;
  describePython(
    source: PythonText,
    executor: 'python' | 'cpython',
    signal: AbortSignal,
  ): Promise<readonly ExternalSpec[]>;
  createPython(
    request: PythonNodeRequest<PythonText, { readonly onLog?: LogLine | undefined }>,
  ): ExternalNode;
  /** Threads for nodes in JavaScript, where there are any. */
  readonly threads?: {
    describe(text: string, signal: AbortSignal): Promise<readonly ExternalSpec[]>;
    create(text: string, nodeType: string, onLog: LogLine | undefined): ExternalNode;
  };
  /** An address from which a text can be imported, until `release` is called. */
  moduleAddress(text: string): { readonly href: string; release(): void };
}
