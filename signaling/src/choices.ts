/** What is wrong with a value that may be one of several things, told for the one that was meant. */
import type { SchemaError } from './misfits.js';

/**
 * Leaves of the errors of a choice those of the member that was meant: the one whose constant field (`kind`, `type`)
 * fits, else the only one that has the properties and the type. Where none was, one error tells what all want.
 * @param closing says that no member fitted; the errors of the members came before.
 */
export function withoutOthers(errors: readonly SchemaError[], closing: SchemaError): SchemaError[] {
  const { instancePath, schemaPath } = closing;
  const prefix = `${schemaPath}/anyOf/`;
  const isInside = (error: SchemaError) =>
    error.schemaPath.startsWith(prefix) &&
    (error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`));
  const others = errors.filter((error) => !isInside(error));
  const members = new Map<number, SchemaError[]>();
  for (const error of errors.filter(isInside)) {
    const index = Number.parseInt(error.schemaPath.slice(prefix.length), 10);
    members.set(index, [...(members.get(index) ?? []), error]);
  }
  // Without the number of the member: of the choice is told what is told.
  return [...others, ...meant([...members.values()], closing).map((error) => ({ ...error, schemaPath }))];
}

function meant(members: readonly SchemaError[][], closing: SchemaError): readonly SchemaError[] {
  const { instancePath } = closing;
  const tagOf = (member: SchemaError[]) =>
    member.find(
      (error) => error.keyword === 'const' && /^\/[^/]+$/.test(error.instancePath.slice(instancePath.length)),
    );
  const ownOf = (member: SchemaError[], keyword: string) =>
    member.find((error) => error.keyword === keyword && error.instancePath === instancePath);

  const tags = members.flatMap((member) => tagOf(member) ?? []);
  const tagged = tags.length > 0 ? members.filter((member) => !tagOf(member)) : [];
  if (tagged.length === 1) return tagged[0]!;
  if (tags.length === members.length) {
    const allowedValues = tags.map(({ params }) => (params as { allowedValue: unknown }).allowedValue);
    return [{ ...tags[0]!, keyword: 'enum', params: { allowedValues } }];
  }
  const fitting = members.filter((member) => !ownOf(member, 'type') && !ownOf(member, 'required'));
  if (fitting.length === 1) return fitting[0]!;

  const types = members.flatMap((member) => ownOf(member, 'type') ?? []);
  if (types.length === members.length) {
    const names = new Set(types.map(({ params }) => (params as { type: string }).type));
    return [{ ...closing, keyword: 'type', message: `must be ${[...names].join(' or ')}` }];
  }
  const missing = members.flatMap((member) => ownOf(member, 'required') ?? []).map(propertiesOf);
  if (missing.length < members.length) return members.flat();
  const common = missing[0]!.filter((name) => missing.every((names) => names.includes(name)));
  const message =
    common.length > 0
      ? `must have required properties ${common.join(', ')}`
      : `must have one of the properties ${[...new Set(missing.flat())].join(', ')}`;
  return [{ ...closing, keyword: 'required', message }];
}

const propertiesOf = ({ params }: SchemaError): readonly string[] =>
  (params as { requiredProperties: string[] }).requiredProperties;
