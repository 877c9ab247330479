/** What the routes work with. `buildApp` hands it to every plugin; nothing is global. */
import type { ExecutionService, Gateway } from '@remotemedia/gateway';
import type { RuntimeName } from '@remotemedia/pipeline';
import type { ImportResult } from '@remotemedia/pipeline/import';
import type { Config } from './config/parse.js';
import type { PipelineCatalogue } from './pipelines/catalogue.js';
import type { NodeTypeView } from './protocol/index.js';
import type { UnheardCounts } from './unheard-failures.js';

/** An address at which this machine is reached. */
export interface MachineAddress {
  readonly ip: string;
  readonly isDefault: boolean;
}

/** What the routes tell about the programs underneath. */
export interface RuntimeInfo {
  /** Of this gateway. */
  readonly version: string;
  readonly runtime: RuntimeName;
  /** Why this one, in a sentence. */
  readonly reason: string;
  /** Version text of the libopus that encodes, where it is known. */
  readonly opus: string | null;
  readonly nodeTypes: readonly NodeTypeView[];
}

/** Takes over a manifest of the RemoteMedia SDK. */
export type ManifestImporter = (manifest: object) => ImportResult;

export interface Dependencies {
  /** Pipelines without WebRTC. */
  readonly execution: ExecutionService;
  readonly pipelines: PipelineCatalogue;
  readonly runtime: RuntimeInfo;
  readonly importManifest: ManifestImporter;
  /** Folder of the built demo page. */
  readonly pageDirectory?: string;
  /** Of this machine, for `server.info`. */
  readonly machine: { readonly hostname: string; addresses(): readonly MachineAddress[] };
  /** What was thrown where nobody could catch it. */
  readonly unheard: UnheardCounts;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Context extends Dependencies {
  readonly config: Config;
  readonly gateway: Gateway;
}
