/** What clients say in text on the audio WebSocket. */
import { Compile, type Validator } from 'typebox/compile';
import { RequestError } from '../errors.js';
import { misfits } from '../misfits.js';
import { AudioSocketRequest } from '../protocol/index.js';

/** By type of message. */
const validators = new Map<unknown, Validator>(
  AudioSocketRequest.anyOf.map((schema) => [schema.properties.type.const, Compile(schema)]),
);

/** @throws RequestError `invalid_json`, `invalid_request`. */
export function parseMessage(text: string): AudioSocketRequest {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new RequestError('invalid_json', 'The message is not JSON');
  }
  const type =
    typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
  const validator = validators.get(type);
  if (!validator)
    throw new RequestError('invalid_request', 'Not a message of this protocol: start, item, flush or end');
  if (validator.Check(message)) return message as AudioSocketRequest;
  throw new RequestError(
    'invalid_request',
    `The message ${type} does not fit: ${misfits(validator.Errors(message))}`,
  );
}
