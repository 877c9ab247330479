/**
 * Makes a configuration out of the file's text and the environment: parsed once, checked once, with every
 * complaint in one error. Pure: reads no file. Only `parseConfig` can make a `Config`.
 */
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { parseDocument } from 'yaml';
import type { Complaint } from '../protocol/index.js';
import { sentences } from '../sentences.js';
import { readEnvironment } from './environment.js';
import { nearest } from './nearest.js';
import type { ConfigValues } from './schema.js';
import { CONFIG_KEYS, type ConfigKey, defaultValues } from './tree.js';

declare const parsed: unique symbol;
/** A checked configuration. */
export type Config = Readonly<ConfigValues> & { readonly [parsed]: true };

/** The configuration, or a document named in it, has mistakes: all of them. */
export class ConfigError extends Error {
  readonly code = 'invalid_config';
  readonly complaints: readonly Complaint[];

  constructor(source: string, complaints: readonly Complaint[]) {
    const lines = complaints.map(({ path, message, hint }) => {
      const text = sentences(message, hint);
      return path ? `  ${path}: ${text}` : `  ${text}`;
    });
    super(
      `${source} has ${complaints.length} mistake${complaints.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
    this.complaints = complaints;
  }
}

export interface ConfigSource {
  /** YAML; empty means defaults only. */
  readonly text: string;
  /** Name of the file, for messages. */
  readonly name: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const validators = new Map(CONFIG_KEYS.map((key) => [key, Compile(key.schema)]));
const SECTIONS = [...new Set(CONFIG_KEYS.map((key) => key.section))];

/** @throws ConfigError with all complaints. */
export function parseConfig({ text, name, environment = {} }: ConfigSource): Config {
  const complaints: Complaint[] = [];
  const values = defaultValues() as Record<string, Record<string, unknown>>;
  mergeFile(values, text, complaints);
  const variables = new Map<ConfigKey, string>();
  for (const { key, value } of readEnvironment(environment, complaints)) {
    values[key.section]![key.name] = value;
    variables.set(key, key.variable);
  }
  for (const [key, validator] of validators) {
    for (const error of validator.Errors(values[key.section]![key.name])) {
      complaints.push(toComplaint(key, error, variables.get(key)));
    }
  }
  if (complaints.length > 0) throw new ConfigError(name, complaints);
  return values as unknown as Config;
}

/** Lays the file's known keys over `values` and complains about the others. */
function mergeFile(
  values: Record<string, Record<string, unknown>>,
  text: string,
  complaints: Complaint[],
): void {
  const root = readYaml(text, complaints);
  for (const [section, content] of Object.entries(root)) {
    if (!SECTIONS.includes(section)) complaints.push(unknown('section', section, section, SECTIONS));
    else if (isRecord(content)) {
      const names = CONFIG_KEYS.filter((key) => key.section === section).map((key) => key.name);
      for (const [name, value] of Object.entries(content)) {
        if (names.includes(name)) values[section]![name] = value;
        else complaints.push(unknown('key', `${section}.${name}`, name, names));
      }
    } else if (content !== null) complaints.push(notAMapping(section)); // null: all keys are commented out.
  }
}

function readYaml(text: string, complaints: Complaint[]): Record<string, unknown> {
  const document = parseDocument(text);
  for (const { message, code } of document.errors) {
    const [line] = message.split('\n');
    complaints.push({ path: '', code: `yaml_${code.toLowerCase()}`, message: line ?? message, hint: '' });
  }
  if (document.errors.length > 0) return {};
  const root: unknown = document.toJS() ?? {};
  if (isRecord(root)) return root;
  complaints.push(notAMapping(''));
  return {};
}

const notAMapping = (path: string): Complaint => ({
  path,
  code: 'invalid_type',
  message: path ? 'must be a mapping of keys' : 'The file is not a mapping of sections',
  hint: 'Write `section:` and below it, indented, `key: value`',
});

function unknown(what: string, path: string, name: string, names: readonly string[]): Complaint {
  const meant = nearest(name, names);
  const hint = meant ? `Did you mean "${meant}"?` : `There are ${names.join(', ')}`;
  return { path, code: `unknown_${what}`, message: `no such ${what}`, hint };
}

function toComplaint(
  key: ConfigKey,
  error: TLocalizedValidationError,
  variable: string | undefined,
): Complaint {
  const message =
    error.keyword === 'enum'
      ? `must be one of ${error.params.allowedValues.map((word) => `"${String(word)}"`).join(', ')}`
      : error.message;
  return {
    path: key.path + error.instancePath.replace(/\/(\d+)/g, '[$1]').replaceAll('/', '.'),
    code: error.keyword === 'type' ? 'invalid_type' : 'invalid_value',
    message: variable ? `${message} (set by ${variable})` : message,
    hint: key.schema.description ?? '',
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
