/**
 * Topics of a session: `vad.out` is what the node `vad` gives, `llm.in` what is published to the node `llm`. A third word narrows: `.audio`,
 * `.events`, or the type of an event.
 */
import { GatewayError } from '../errors.js';

export interface Topic {
  readonly nodeId: string;
  readonly direction: 'in' | 'out';
  readonly port: string | null;
}

/** Node ids may have dots of their own: the direction is the last word that can be one. */
const TOPIC = /^(.{1,128})\.(in|out)(?:\.([A-Za-z0-9_-]{1,64}))?$/;

/** @throws GatewayError `invalid_topic`. */
export function parseTopic(text: string, direction: Topic['direction']): Topic {
  const [, nodeId, way, port = null] = TOPIC.exec(text) ?? [];
  if (nodeId === undefined || way !== direction)
    throw new GatewayError('invalid_topic', `"${text}" is no topic here`, {
      hint: `Write the id of a node and "${direction}": vad.${direction}, or vad.${direction}.${direction === 'out' ? 'speech_started' : 'text'}.`,
    });
  return { nodeId, direction: way, port };
}
