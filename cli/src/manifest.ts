/** A manifest given on the command line, with what the modules that it names say of their nodes. */
import type { Complaint } from '@remotemedia/native-dsp';
import { ExternalNodes, PipelineError } from '@remotemedia/pipeline';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { sourcesBeside } from './offline/parts.js';
import { isPackage } from './package-file.js';
import { offlineRuntime } from './runtime.js';
import { withManifest } from './text.js';

export interface OpenManifest {
  readonly text: string;
  /** JSON of the specifications of all nodes outside. */
  readonly externals: string;
  /** About modules that cannot be had, and nodes that nothing here runs. */
  readonly complaints: readonly Complaint[];
}

/**
 * What `use` makes of a manifest whose modules are imported. Those of a package stay closed: it may be a stranger's.
 * @throws CommandError with all complaints, about what cannot be read or is no manifest; what `use` throws.
 */
export const withModules = <T>(path: string, use: (manifest: OpenManifest) => T): Promise<T> =>
  withManifest(path, async (text) => use(await open(path, text)));

async function open(path: string, text: string): Promise<OpenManifest> {
  const described = { text, externals: JSON.stringify(PYTHON_NODE_SPECS), complaints: [] };
  if (isPackage(path)) return described;
  try {
    const outside = new ExternalNodes(text, sourcesBeside(path), offlineRuntime());
    const faults = await outside.load();
    return { text, externals: outside.specs, complaints: faults.map(({ complaint }) => complaint) };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { ...described, complaints: error.complaints };
  }
}
