/** Why something does not fit its schema, in one line: each place with what is wrong there. */

/** What validators say; Fastify's type of it and TypeBox's have this in common. */
interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
}

/** @param root stands before the paths. */
export function misfits(errors: readonly SchemaError[], root = ''): string {
  return errors
    .filter(({ keyword }) => keyword !== 'additionalProperties')
    .map(({ keyword, instancePath, message }) => {
      // The schema of what may not be there is `false`.
      const reason = keyword === 'boolean' ? 'is not known here' : message;
      return `${`${root}${instancePath}`.replace(/^\//, '')} ${reason}`.trim();
    })
    .join(', ');
}
