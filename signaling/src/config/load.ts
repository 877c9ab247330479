/** Finds and reads the configuration and the pipelines that it names. The only file access of the configuration. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PACKAGE_LIMITS, PackageError } from '@remotemedia/pipeline/package';
import { buildCatalogue, inFile, isPipelineFile, type PipelineFile } from '../pipelines/catalogue.js';
import type { ManifestChecker } from '../pipelines/checker.js';
import type { LiveCatalogue } from '../pipelines/live-catalogue.js';
import type { PackageReader } from '../pipelines/packages.js';
import { complaintsOf, type UnreadableFile } from '../pipelines/reloader.js';
import type { Complaint } from '../protocol/index.js';
import { type Config, ConfigError, parseConfig } from './parse.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The file that comes with the gateway; from `src/` and `dist/` alike. */
const INSTALLED = fileURLToPath(new URL('../../../configs/gateway.yaml', import.meta.url));

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute. */
  readonly path: string;
}

/**
 * @param path of the file; else `REMOTEMEDIA_CONFIG`; else the installed one.
 * @throws ConfigError with all complaints, also where the file cannot be read.
 */
export function loadConfig(path: string | undefined, environment: Environment): LoadedConfig {
  const absolute = resolve(path ?? environment['REMOTEMEDIA_CONFIG'] ?? INSTALLED);
  const text = attempt(absolute, '', () => readFileSync(absolute, 'utf8'));
  return { config: parseConfig({ text, name: absolute, environment }), path: absolute };
}

/** URL of the folder of manifests, to which their modules are relative. */
export const pipelineFolder = ({ config, path }: LoadedConfig): URL =>
  pathToFileURL(`${resolve(dirname(path), config.pipelines.directory)}/`);

/** @throws ConfigError with the complaints about every manifest of the folder, and the modules that they name. */
export async function loadPipelines(
  { config, path }: LoadedConfig,
  checker: ManifestChecker,
  packages: PackageReader,
): Promise<LiveCatalogue> {
  const directory = resolve(dirname(path), config.pipelines.directory);
  const complaints: Complaint[] = [];
  const files = attempt(directory, 'pipelines.directory', () =>
    readPipelines(directory, packages).flatMap((entry) => {
      if (!('error' in entry)) return [entry];
      const { file, error } = entry;
      if (!(error instanceof PackageError)) throw error;
      complaints.push(...complaintsOf(error, error.code).map((complaint) => inFile(file, complaint)));
      return [];
    }),
  );
  const catalogue = await buildCatalogue(files, config.pipelines.default, checker, complaints);
  if (complaints.length > 0) throw new ConfigError(directory, complaints);
  return catalogue;
}

/** The manifests of a folder, those in packages included. @throws the system's error where it cannot be listed. */
export function readPipelines(directory: string, packages: PackageReader): (PipelineFile | UnreadableFile)[] {
  const files = readdirSync(directory).filter(isPipelineFile);
  packages.keep(new Set(files));
  return files.map((file) => {
    try {
      const path = join(directory, file);
      if (!file.endsWith('.rmpkg')) return { file, text: readFileSync(path, 'utf8') };
      refuseLarge(path);
      return { file, text: packages.read(file, readFileSync(path)) };
    } catch (error) {
      return { file, error };
    }
  });
}

/** Before it is read. */
function refuseLarge(path: string): void {
  const { packedBytes } = PACKAGE_LIMITS;
  if (statSync(path).size > packedBytes)
    throw new PackageError('package_too_large', `it has more than ${packedBytes} bytes`);
}

function attempt<T>(source: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const hint = error instanceof Error ? error.message : String(error);
    const message = existsSync(source) ? 'cannot be read' : 'does not exist';
    throw new ConfigError(source, [{ path, code: 'unreadable', message, hint }]);
  }
}
