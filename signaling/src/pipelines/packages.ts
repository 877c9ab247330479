/**
 * Packages in the folder of pipelines: each is the text of a manifest, whose modules are in memory. They are the operator's, as files
 * beside a manifest are, and run without further question.
 */
import { createHash } from 'node:crypto';
import type { ExternalMention, OfflineRuntime, PlannedPart } from '@remotemedia/native-dsp';
import type { NodeHost } from '@remotemedia/pipeline';
import { packageHost, readPackage } from '@remotemedia/pipeline/package';

/** What reads the packages of a folder. */
export interface PackageReader {
  /**
   * The text of the manifest. Its modules are called otherwise than in the package: two packages may have modules of one name, and a
   * package that changed is another text.
   * @throws PackageError
   */
  read(file: string, bytes: Uint8Array): string;
  /** Files that are neither in the folder nor served are forgotten: there may be ever new ones. */
  keep(files: ReadonlySet<string>): void;
}

interface Version {
  readonly digest: string;
  readonly text: string;
  /** What the names of its modules begin with. */
  readonly prefix: string;
  readonly host: NodeHost;
}

export class PackageFiles implements PackageReader, NodeHost {
  readonly specs = [];
  readonly #runtime: OfflineRuntime;
  readonly #served: (file: string) => string | undefined;
  readonly #onLog: (line: string, nodeId: string) => void;
  /** By file, the newest first. */
  readonly #versions = new Map<string, readonly Version[]>();

  /**
   * @param runtime checks the manifests; what packages bring along is not used.
   * @param served the text of the file that is served now, whatever came after it was refused.
   * @param onLog every line that a node prints in a thread or in Python.
   */
  constructor(
    runtime: OfflineRuntime,
    served: (file: string) => string | undefined,
    onLog: (line: string, nodeId: string) => void,
  ) {
    this.#runtime = runtime;
    this.#served = served;
    this.#onLog = onLog;
  }

  read(file: string, bytes: Uint8Array): string {
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const known = this.#versions.get(file) ?? [];
    if (known[0]?.digest === digest) return known[0].text;
    const version = this.#open(`./${file}@${digest}/`, digest, bytes);
    // Sessions that began with the one before may not have made all of their nodes yet.
    const kept = known.filter((it, index) => index === 0 || it.text === this.#served(file));
    this.#versions.set(file, [version, ...kept]);
    return version.text;
  }

  keep(files: ReadonlySet<string>): void {
    for (const [file, versions] of this.#versions) {
      if (files.has(file)) continue;
      const kept = versions.filter(({ text }) => text === this.#served(file));
      if (kept.length > 0) this.#versions.set(file, kept);
      else this.#versions.delete(file);
    }
  }

  async load(mention: ExternalMention, signal: AbortSignal) {
    return this.#hostOf(mention.module)?.load?.(mention, signal);
  }

  create(part: PlannedPart) {
    return this.#hostOf(part.module)?.create(part);
  }

  #open(prefix: string, digest: string, bytes: Uint8Array): Version {
    const { manifest, modules } = readPackage(bytes, this.#runtime);
    const renamed = (module: string) => prefix + module.replace(/^\.\//, '');
    const { nodes, ...others } = manifest as { nodes: readonly { readonly module?: string | null }[] };
    const inMemory = nodes.map((node) => (node.module ? { ...node, module: renamed(node.module) } : node));
    // Packages have no variables: what looks like one in the text of a stranger is not to be looked up in our environment.
    const text = JSON.stringify({ ...others, nodes: inMemory }).replaceAll('${', () => '$${');
    const host = packageHost(
      new Map([...modules].map(([module, source]) => [renamed(module), source])),
      this.#onLog,
    );
    return { digest, text, prefix, host };
  }

  #hostOf(module: string | null): NodeHost | undefined {
    if (module === null) return undefined;
    for (const versions of this.#versions.values())
      for (const { prefix, host } of versions) if (module.startsWith(prefix)) return host;
    return undefined;
  }
}
