/**
 * The pipelines that clients may name: every manifest of the configured folder, checked.
 * Pure but for the functions handed in.
 */
import type { ManifestSource } from '@remotemedia/gateway';
import { complaintPlace } from '@remotemedia/native-dsp';
import type { Complaint, PipelineView } from '../protocol/index.js';
import type { ManifestChecker } from './checker.js';
import { byFile, LiveCatalogue, type ReloadResult } from './live-catalogue.js';
import { type CheckedManifest, viewOf } from './view.js';

export interface PipelineFile {
  /** File name, with ending. */
  readonly file: string;
  /** Of the manifest; of a package, that of the manifest in it. */
  readonly text: string;
}

/** One that may be served. */
export interface CheckedPipeline extends PipelineFile {
  readonly name: string;
  readonly manifest: ManifestSource;
  /** The manifest as clients may see it. */
  readonly shown: ManifestSource;
  readonly view: PipelineView;
}

/** What happened to the files since the start, counted. */
export type ChangeCounts = Readonly<Record<ReloadResult, number>>;

/** Checked pipelines by name. Looked into anew for every session and every answer: they may change. */
export interface PipelineCatalogue {
  readonly defaultName: string;
  readonly manifests: ReadonlyMap<string, ManifestSource>;
  /** As clients may see it. */
  shown(name: string): ManifestSource | undefined;
  readonly views: readonly PipelineView[];
  readonly changes: ChangeCounts;
}

const ENDING = /\.(yaml|yml|json|rmpkg)$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Also where two files have one name. */
export const INVALID_NAME: Complaint = {
  path: '',
  code: 'invalid_name',
  message: 'cannot be the name of a pipeline',
  hint: 'Use lower-case letters, digits, dot, dash and underscore, and each name once',
};

/** What names no pipeline gets the default one, in sessions over WebRTC too. */
const DEFAULT_WITHOUT_AUDIO: Complaint = {
  path: '',
  code: 'not_on_audio',
  message: 'does not work on audio, and cannot be the default',
  hint: 'Name one on audio in pipelines.default',
};

/** Where no file has the default's name. */
export const noDefault = (defaultName: string, names: Iterable<string>): Complaint => ({
  path: 'pipelines.default',
  code: 'unknown_pipeline',
  message: `no pipeline is named "${defaultName}"`,
  hint: `There are ${[...names].join(', ') || 'no pipelines'}`,
});

/** Whether a file of the folder is meant to be a pipeline. */
export const isPipelineFile = (file: string): boolean => ENDING.test(file) && !file.startsWith('.');

export const pipelineName = (file: string): string => file.replace(ENDING, '');

/** What became of one file: a pipeline, or complaints. */
export interface FileCheck {
  readonly pipeline?: CheckedPipeline;
  readonly complaints: readonly Complaint[];
}

/** Checks one file, the modules that it names included. */
export async function checkFile(
  { file, text: source }: PipelineFile,
  defaultName: string,
  checker: ManifestChecker,
): Promise<FileCheck> {
  const name = pipelineName(file);
  if (!NAME.test(name)) return { complaints: [INVALID_NAME] };
  const sound = await checker.check(source);
  if (!sound.ok) return { complaints: sound.complaints };
  const isDefault = name === defaultName;
  if (isDefault && sound.latencyMs === null) return { complaints: [DEFAULT_WITHOUT_AUDIO] };
  const manifest = sound.manifest as CheckedManifest;
  const shown = sound.shown as CheckedManifest;
  return {
    pipeline: {
      file,
      text: source,
      name,
      manifest,
      shown,
      view: viewOf(isDefault, name, shown, sound),
    },
    complaints: [],
  };
}

/** Checks all files; mistakes go to `complaints`, with the file's name in front of the path. */
export async function buildCatalogue(
  files: readonly PipelineFile[],
  defaultName: string,
  checker: ManifestChecker,
  complaints: Complaint[],
): Promise<LiveCatalogue> {
  const catalogue = new LiveCatalogue(defaultName);
  const sorted = [...files].sort(byFile);
  const checks = await Promise.all(sorted.map((file) => checkFile(file, defaultName, checker)));
  for (const [index, { file }] of sorted.entries()) {
    const isTaken = catalogue.manifests.has(pipelineName(file));
    const checked: FileCheck = isTaken ? { complaints: [INVALID_NAME] } : checks[index]!;
    if (checked.pipeline) catalogue.put(checked.pipeline);
    complaints.push(...checked.complaints.map((complaint) => inFile(file, complaint)));
  }
  if (complaints.length === 0 && !catalogue.manifests.has(defaultName))
    complaints.push(noDefault(defaultName, catalogue.manifests.keys()));
  return catalogue;
}

/** A complaint with the name of its file in front. */
export const inFile = (file: string, complaint: Complaint): Complaint => ({
  ...complaint,
  path: complaintPlace(complaint, file),
});
