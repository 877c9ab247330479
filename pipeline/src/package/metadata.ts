/** `metadata.json`: what a package says of itself, in the fields of the SDK. Nothing here depends on it. */
import type { PipelinePlan } from '@remotemedia/native-dsp';
import { PackageError } from './errors.js';

export interface PackageMetadata {
  readonly package_name: string;
  readonly package_version: string;
  readonly author?: string;
  readonly license?: string;
  readonly repository?: string;
  readonly tags?: readonly string[];
  /** ISO 8601. */
  readonly created_at?: string;
  readonly runtime_info?: RuntimeInfo;
  readonly performance_hints?: {
    readonly expected_load_time_ms?: number;
    readonly expected_execution_time_ms?: number;
    readonly memory_requirement_mb?: number;
  };
}

export interface RuntimeInfo {
  /** 0 where there is no `runtime.wasm`. */
  readonly wasm_size_bytes: number;
  readonly has_python_nodes: boolean;
  readonly has_rust_nodes: boolean;
  readonly node_types: readonly string[];
  readonly node_count: number;
  readonly connection_count: number;
}

/** What whoever makes a package may say of it; the rest is counted. */
export type GivenMetadata = Partial<Omit<PackageMetadata, 'runtime_info'>>;

const GIVEN = [
  'package_name',
  'package_version',
  'author',
  'license',
  'repository',
  'tags',
  'created_at',
  'performance_hints',
] as const;

/**
 * What is given, then what the manifest says, then what the SDK writes where nobody said anything.
 * @throws PackageError `invalid_metadata` for fields that there are none of.
 */
export function describe(
  given: GivenMetadata,
  manifest: object,
  { parts, connections }: PipelinePlan,
  wasmBytes: number,
): PackageMetadata {
  const { runtime_info: _, ...fields } = given as Record<string, unknown>;
  const strange = Object.keys(fields).filter((name) => !(GIVEN as readonly string[]).includes(name));
  if (strange.length > 0) {
    const message = `metadata has no ${strange.join(', ')}; there are ${GIVEN.join(', ')}`;
    throw new PackageError('invalid_metadata', message);
  }
  const { metadata = {} } = manifest as { metadata?: Record<string, unknown> };
  const own = Object.fromEntries(
    Object.entries({
      package_name: metadata['name'],
      package_version: metadata['version'],
      author: metadata['author'],
      license: metadata['license'],
      tags: metadata['tags'],
    }).filter(([, value]) => typeof value === 'string' || Array.isArray(value)),
  );
  const said = { package_name: 'unnamed-pipeline', package_version: '1.0.0', ...own, ...fields };
  return {
    ...said,
    runtime_info: {
      wasm_size_bytes: wasmBytes,
      has_python_nodes: parts.some(({ executor }) => executor === 'python' || executor === 'cpython'),
      has_rust_nodes: parts.some(({ part }) => part !== 'external'),
      node_types: [...new Set(parts.map(({ node_type }) => node_type))],
      node_count: parts.length,
      connection_count: connections.length,
    },
  };
}

/** @returns null where it is none. */
export function parseMetadata(text: string): PackageMetadata | null {
  try {
    const value = JSON.parse(text) as PackageMetadata;
    return typeof value?.package_name === 'string' && typeof value.package_version === 'string'
      ? value
      : null;
  } catch {
    return null;
  }
}
