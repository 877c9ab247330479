/** Reads `REMOTEMEDIA_*` variables as values of the configuration's keys; complains about what it cannot read. */
import type { Complaint } from '../protocol/index.js';
import { nearest } from './nearest.js';
import { CONFIG_KEYS, type ConfigKey, ENVIRONMENT_PREFIX } from './tree.js';

/** Variables of the project that are not keys of the configuration. */
const OTHERS = ['REMOTEMEDIA_CONFIG', 'REMOTEMEDIA_RUNTIME', 'REMOTEMEDIA_PYTHON'];
/** Kubernetes describes every service of the namespace so; one named `remotemedia` must not stop the start. */
const KUBERNETES = /^REMOTEMEDIA_(SERVICE_|PORT=[a-z]+:\/\/|PORT_\d)/;

export interface EnvironmentValue {
  readonly key: ConfigKey;
  readonly value: unknown;
}

/** Values from `environment` in the order of the manual. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  complaints: Complaint[],
): EnvironmentValue[] {
  const values: EnvironmentValue[] = [];
  for (const key of CONFIG_KEYS) {
    const text = environment[key.variable];
    if (text === undefined) continue;
    const value = parse(key, text);
    if (value === undefined) {
      complaints.push({
        path: key.path,
        code: 'invalid_type',
        message: `${key.variable} is "${text}", which is not ${expected(key)}`,
        hint: key.schema.type === 'array' ? 'Separate items by commas, or write a JSON array' : '',
      });
    } else values.push({ key, value });
  }
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || KUBERNETES.test(`${variable}=${text}`)) continue;
    if (OTHERS.includes(variable) || CONFIG_KEYS.some((key) => key.variable === variable)) continue;
    const meant = meantBy(variable.slice(ENVIRONMENT_PREFIX.length));
    complaints.push({
      path: variable,
      code: 'unknown_variable',
      message: `The environment sets ${variable}, which means nothing here`,
      hint: meant ? `Did you mean ${ENVIRONMENT_PREFIX}${meant}?` : 'Remove it',
    });
  }
  return values;
}

/** Without the prefix, which all have and which would make every name near; `PORT` is a key without its section. */
function meantBy(name: string): string | undefined {
  const names = [...CONFIG_KEYS.map(({ variable }) => variable), ...OTHERS].map((variable) =>
    variable.slice(ENVIRONMENT_PREFIX.length),
  );
  const sectionless = CONFIG_KEYS.find((key) => key.name.toUpperCase() === name);
  return sectionless?.variable.slice(ENVIRONMENT_PREFIX.length) ?? nearest(name, names);
}

/** The value that `text` stands for, undefined if it stands for none. */
function parse(key: ConfigKey, text: string): unknown {
  switch (key.schema.type) {
    case 'integer':
      return /^-?\d+$/.test(text.trim()) ? Number(text) : undefined;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.trim().toLowerCase()];
    case 'array':
      if (!text.trim().startsWith('[')) return splitList(text);
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    default:
      return text;
  }
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const expected = ({ schema }: ConfigKey): string =>
  ({ integer: 'a whole number', boolean: 'true or false', array: 'a list' })[schema.type ?? ''] ?? 'a text';
