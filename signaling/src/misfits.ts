/** Why something does not fit its schema, in one line: each place with what is wrong there. */
import { Settings } from 'typebox/system';
import { withoutOthers } from './choices.js';

/** What validators say; Fastify's type of it and TypeBox's have this in common. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: object;
  readonly message?: string | undefined;
}

/** TypeBox stops at eight, and one item of the last kind of a choice can have more errors than that. */
Settings.Set({ maxErrors: 64 });
const MAX_TOLD = 8;

/** @param root stands before the paths. */
export function misfits(errors: readonly SchemaError[], root = ''): string {
  return worthTelling(errors)
    .map(({ instancePath, message }) => `${`${root}${instancePath}`.replace(/^\//, '')} ${message}`.trim())
    .join(', ');
}

/** The errors that help, in words; of a choice only those of the member that was meant. */
export function worthTelling(errors: readonly SchemaError[]): SchemaError[] {
  let told: SchemaError[] = [];
  for (const error of errors) {
    if (error.keyword === 'additionalProperties') continue;
    // It comes after the errors of all members.
    if (error.keyword === 'anyOf') told = withoutOthers(told, error);
    else told.push(error);
  }
  // Where the validator stopped in the middle of a choice, nobody knows what was meant.
  const whole = told.filter(({ schemaPath }) => !schemaPath.includes('/anyOf/'));
  const constants = new Set(
    told.flatMap(({ keyword, schemaPath }) => (keyword === 'const' ? schemaPath : [])),
  );
  return (whole.length > 0 ? whole : told)
    .filter(({ keyword, schemaPath }) => keyword !== 'type' || !constants.has(schemaPath))
    .slice(0, MAX_TOLD)
    .map((error) => ({ ...error, message: reason(error) }));
}

function reason({ keyword, params, message = 'does not fit' }: SchemaError): string {
  const { allowedValues, allowedValue } = params as { allowedValues?: unknown[]; allowedValue?: unknown };
  // The schema of what may not be there is `false`.
  if (keyword === 'boolean') return 'is not known here';
  if (keyword === 'const') return `must be ${JSON.stringify(allowedValue)}`;
  if (keyword !== 'enum' || !allowedValues) return message;
  return `must be one of ${allowedValues.map((value) => JSON.stringify(value)).join(', ')}`;
}
