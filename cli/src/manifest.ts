/** A manifest given on the command line, with what the modules that it names say of their nodes. */
import type { Complaint } from '@remotemedia/native-dsp';
import { ExternalNodes, PipelineError } from '@remotemedia/pipeline';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { sourcesBeside } from './offline/parts.js';
import { isPackage } from './package-file.js';
import { offlineRuntime } from './runtime.js';
import { readManifest } from './text.js';

export interface OpenManifest {
  readonly text: string;
  /** JSON of the specifications of all nodes outside. */
  readonly externals: string;
  /** About modules that cannot be had, and nodes that nothing here runs. */
  readonly complaints: readonly Complaint[];
}

/**
 * Imports the modules beside the manifest. Those of a package stay closed: it may be a stranger's.
 * @throws CommandError where the file cannot be read, or its variables lead to no value.
 */
export async function openManifest(path: string): Promise<OpenManifest> {
  const text = await readManifest(path);
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
