/** Walks the configuration's schema: sections, keys, defaults and the environment variable of each key. */
import type { TSchema } from 'typebox';
import { ConfigSchema, type ConfigValues } from './schema.js';

/** One key of the configuration. */
export interface ConfigKey {
  readonly section: string;
  readonly name: string;
  /** `http.port` */
  readonly path: string;
  /** `REMOTEMEDIA_HTTP_PORT` */
  readonly variable: string;
  readonly schema: TSchema & {
    readonly type?: string;
    readonly default: unknown;
    readonly description?: string;
  };
}

export const ENVIRONMENT_PREFIX = 'REMOTEMEDIA_';

/** Every key, in the order of the manual. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(ConfigSchema.properties).flatMap(
  ([section, schema]) =>
    Object.entries(schema.properties as unknown as Record<string, ConfigKey['schema']>).map(
      ([name, key]) => ({
        section,
        name,
        path: `${section}.${name}`,
        variable: `${ENVIRONMENT_PREFIX}${section}_${name}`.toUpperCase(),
        schema: key,
      }),
    ),
);

/** A fresh copy of all defaults. */
export function defaultValues(): ConfigValues {
  const values: Record<string, Record<string, unknown>> = {};
  for (const { section, name, schema } of CONFIG_KEYS) {
    values[section] ??= {};
    values[section][name] = structuredClone(schema.default);
  }
  return values as ConfigValues;
}
