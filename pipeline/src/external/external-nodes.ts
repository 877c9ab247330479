/** The nodes outside of one manifest: who brings them along, what that says of them, and what is wrong with those that nobody runs. */
import type {
  Complaint,
  ExternalMention,
  ExternalSpec,
  OfflineRuntime,
  PlannedPart,
} from '@remotemedia/native-dsp';
import { PipelineError } from '../errors.js';
import type { NodeDefinition } from './definition.js';
import type { ExternalNode } from './external-node.js';
import { hostOf, type NodeHost, registeredNodes } from './host.js';
import { DEFAULT_LOAD_TIMEOUT_MS, withinLoadTime } from './load-limit.js';
import { moduleHost } from './module-host.js';
import { hintFor, nothingRuns } from './nothing-runs.js';

/** Where nodes outside come from. */
export interface NodeSources {
  /** Nodes in JavaScript that the manifest may name, besides the registered ones. */
  readonly nodes?: readonly NodeDefinition[] | undefined;
  /** Who else brings nodes along: Python, a folder of modules. */
  readonly hosts?: readonly NodeHost[] | undefined;
  /** Where `module: ./x.js` is looked for; without it, a manifest may name but those that `hosts` have. */
  readonly base?: string | URL | undefined;
  /** How long each module may take to load. Default 30 000. */
  readonly loadTimeoutMs?: number | undefined;
  /** Aborted when nobody wants them any more: ends the threads, processes and interpreters in which modules are being loaded. */
  readonly closing?: AbortSignal | undefined;
}

/** A manifest of no nodes. */
const EMPTY = '{"version":"v1","nodes":[]}';

/** What is wrong with an entry, and what went wrong there. */
export interface ModuleFault {
  readonly complaint: Complaint;
  readonly cause?: unknown;
}

export class ExternalNodes {
  readonly #hosts: readonly NodeHost[];
  readonly #mentions: readonly ExternalMention[];
  readonly #loadTimeoutMs: number;
  readonly #closing: AbortSignal | undefined;
  readonly #runtime: OfflineRuntime;
  /** Those that need no module. */
  readonly #known: readonly ExternalSpec[];
  #specs: readonly ExternalSpec[];

  /**
   * @param text of the manifest.
   * @throws PipelineError `module_not_allowed` with a complaint for each module, where there is no place for them.
   */
  constructor(
    text: string,
    { nodes = [], hosts = [], base, loadTimeoutMs = DEFAULT_LOAD_TIMEOUT_MS, closing }: NodeSources,
    runtime: OfflineRuntime,
  ) {
    this.#runtime = runtime;
    this.#loadTimeoutMs = loadTimeoutMs;
    this.#closing = closing;
    this.#hosts = [hostOf(nodes), ...hosts, registeredNodes(), ...(base ? [moduleHost(base)] : [])];
    this.#mentions = JSON.parse(runtime.externalMentions(text)) as ExternalMention[];
    this.#known = this.#hosts.flatMap(({ specs }) => specs);
    this.#specs = withoutDoubles(this.#known);
    if (base === undefined) this.#refuseModules();
  }

  /** JSON of the specifications of all of them, for whoever compiles the manifest. */
  get specs(): string {
    return JSON.stringify(this.#specs);
  }

  /** Loads the modules. @returns what is wrong with each that cannot be had, and with each node that nothing here runs. */
  async load(): Promise<ModuleFault[]> {
    const faults: ModuleFault[] = [];
    const found = new Map<string, readonly ExternalSpec[]>();
    for (const mention of this.#mentions) {
      const { module } = mention;
      try {
        const specs = module === null ? withoutDoubles(this.#known) : await this.#loadModule(mention);
        const complaint = complaintOf(mention, specs) ?? doubleOf(mention, specs, found);
        if (complaint) faults.push({ complaint });
        if (module !== null) found.set(module, specs);
      } catch (cause) {
        faults.push({ complaint: notLoaded(mention, cause as Error), cause });
      }
    }
    // What the manifest names by its file is meant, whoever else has one of its name.
    this.#specs = withoutDoubles([...[...found.values()].flat(), ...this.#known]);
    return faults;
  }

  /** @throws NodeFailure `unknown_node_type` where nothing here runs it. */
  create(part: PlannedPart): ExternalNode {
    for (const host of this.#hosts) {
      const node = host.create(part);
      if (node) return node;
    }
    throw nothingRuns(part);
  }

  #refuseModules(): void {
    const isThere = (module: string | null) => this.#hosts.some((host) => host.modules?.has(module ?? ''));
    const complaints = this.#mentions
      .filter(({ module }) => module !== null && !isThere(module))
      .map((mention) =>
        complaint(mention, {
          field: 'module',
          code: 'module_not_allowed',
          message: `node ${mention.id} names the module ${mention.module}; only files of the operator may name modules`,
          hint: 'Put the manifest into a file beside its modules',
        }),
      );
    const [first] = complaints;
    if (first) throw new PipelineError('module_not_allowed', first.message, { complaints });
  }

  /** @throws where nobody has it. */
  async #loadModule(mention: ExternalMention): Promise<readonly ExternalSpec[]> {
    if (!isBelow(mention.module!)) throw new Error('modules lie in the folder of the manifest, or below');
    const load = (signal: AbortSignal) => this.#ask(mention, signal);
    const specs = await withinLoadTime(this.#loadTimeoutMs, load, this.#closing);
    if (!specs) throw new Error(`nothing here runs it${hintFor(mention.executor)}`);
    this.#checkSpecs(specs);
    return specs;
  }

  /** @throws with what is wrong in what a module says of its nodes, which the compiler would blame on nobody. */
  #checkSpecs(specs: readonly ExternalSpec[]): void {
    for (const spec of specs) {
      try {
        this.#runtime.planPipeline(EMPTY, undefined, JSON.stringify([spec]));
      } catch (error) {
        const reason = (error as Error).message.replace('externals[0]', 'it');
        throw new Error(`what it says of its node ${spec.node_type} is not sound: ${reason}`);
      }
    }
  }

  /** The first host whose module it is. */
  async #ask(mention: ExternalMention, signal: AbortSignal): Promise<readonly ExternalSpec[] | undefined> {
    for (const host of this.#hosts) {
      const specs = await host.load?.(mention, signal);
      if (specs) return specs;
    }
    return undefined;
  }
}

/** Whether it is the relative address of a file below the manifest: code from elsewhere did not come with it. */
function isBelow(module: string): boolean {
  const folder = 'file:///folder/';
  return !/^[a-z][a-z0-9+.-]*:/i.test(module) && new URL(module, folder).href.startsWith(folder);
}

/** What a description of everything that is there leaves to be said about an entry. */
function complaintOf(mention: ExternalMention, specs: readonly ExternalSpec[]): Complaint | undefined {
  const { node_type, executor, module } = mention;
  const spec = specs.find((spec) => spec.node_type === node_type || spec.aliases?.includes(node_type));
  if (module !== null) {
    if (spec) return undefined;
    const names = specs.map((spec) => spec.node_type).join(', ');
    return complaint(mention, {
      field: 'node_type',
      code: 'unknown_node_type',
      message: `the module ${module} has no node ${node_type}`,
      hint: names === '' ? 'It has none at all' : `It has ${names}`,
    });
  }
  // What says nothing of where it runs has been looked up in the catalogue.
  if (executor === null || (spec && familyOf(spec.executor) === familyOf(executor))) return undefined;
  return complaint(mention, {
    field: 'executor',
    code: 'module_missing',
    message: `nothing here runs ${node_type} (${executor})${hintFor(executor)}`,
    hint: 'Name the file that it is in: `module: ./my-node.js`, `module: ./my_node.py`',
  });
}

/** Sessions look types up by their names: two of one name would be one of them. */
function doubleOf(
  mention: ExternalMention,
  specs: readonly ExternalSpec[],
  found: ReadonlyMap<string, readonly ExternalSpec[]>,
): Complaint | undefined {
  const { module, node_type } = mention;
  if (module === null || found.has(module)) return undefined;
  const has = (list: readonly ExternalSpec[]) => list.some((spec) => spec.node_type === node_type);
  const other = [...found].find(([, others]) => has(others))?.[0];
  if (other === undefined || !has(specs)) return undefined;
  return complaint(mention, {
    field: 'node_type',
    code: 'duplicate_node_type',
    message: `the modules ${other} and ${module} both have a node ${node_type}`,
    hint: 'Give one of them another name',
  });
}

const notLoaded = (mention: ExternalMention, cause: Error): Complaint =>
  complaint(mention, {
    field: 'module',
    code: 'module_not_loaded',
    message: `the module ${mention.module} of node ${mention.id} cannot be loaded: ${cause.message}${lineOf(cause)}`,
    hint: hintOf(cause),
  });

/** Where in a file that is ours to load something was thrown. */
function lineOf({ stack = '' }: Error): string {
  const [, place] = /^ {4}at (?:.*\()?file:\/\/\S*?([^/\s]+\.[cm]?[jt]s:\d+:\d+)\)?$/m.exec(stack) ?? [];
  return place === undefined || stack.indexOf(place) > stack.indexOf('node:') ? '' : ` (${place})`;
}

function hintOf({ name, message }: Error): string {
  if (name === 'SyntaxError') return '`node --check` shows the line';
  if (message.includes('Cannot find package'))
    return 'Packages are found from the folder of the module: install them there, or bundle the module';
  if (/Cannot find module|cannot be read|ENOENT/.test(message))
    return 'Modules are found relative to the manifest';
  return '';
}

function complaint(
  { index, line, column }: ExternalMention,
  { field, ...about }: { field: string; code: string; message: string; hint: string },
): Complaint {
  const place = line === null || column === null ? {} : { line, column };
  return { path: `nodes[${index}].${field}`, ...about, ...place };
}

/** Python written for the one interpreter runs in the other. */
const familyOf = (executor: string): string => (executor === 'cpython' ? 'python' : executor);

/** The first host that knows a type has it. */
function withoutDoubles(specs: readonly ExternalSpec[]): ExternalSpec[] {
  const byType = new Map<string, ExternalSpec>();
  for (const spec of specs) if (!byType.has(spec.node_type)) byType.set(spec.node_type, spec);
  return [...byType.values()];
}
