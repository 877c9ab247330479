/**
 * Messages between the gateway and a node that runs elsewhere: requests one way, answers the other, both ends of both. Their twin in Python is
 * `pipeline/python/remotemedia/message.py`.
 */
import type { JsonValue } from '@remotemedia/native-dsp';
import { type NodeErrorClass, NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';
import { MAX_MESSAGE_BYTES, seal, unseal } from './envelope.js';
import { type ItemHeader, itemHeader, itemParts, readItem } from './item-message.js';

/** What a guest answers; see `pipeline/python/remotemedia/host.py` and `pipeline/src/worker/guest.ts`. */
export type Answer =
  | { readonly is: 'item'; readonly last: boolean; readonly item: Item }
  | { readonly is: 'done' | 'stopped' }
  | { readonly is: 'value'; readonly value: JsonValue }
  | {
      readonly is: 'failure';
      readonly failure: NodeFailure;
      /** Lines for the log; may be empty. */
      readonly traceback: string;
      /** The interpreter is not to be used any more. */
      readonly fatal: boolean;
    };

type AnswerHeader =
  | { is: 'done' | 'stopped' }
  | { is: 'value'; value: JsonValue }
  | {
      is: 'failure';
      error_class: NodeErrorClass;
      code: string;
      message: string;
      traceback: string;
      fatal: boolean;
    }
  | ({ is: 'item'; last: boolean } & ItemHeader);

/** What the gateway asks; fields of the module depend on what runs it. */
export type Request<Module = object> =
  | { readonly op: 'process'; readonly credit: number; readonly item: Item }
  | { readonly op: 'end_of_input' | 'more'; readonly credit: number }
  | { readonly op: 'stop' | 'close' }
  | ({ readonly op: 'describe' } & Module)
  | ({
      readonly op: 'create';
      readonly node_id: string;
      readonly params: { [key: string]: JsonValue };
    } & Module);

/**
 * A request with the parts of its buffer.
 * @throws NodeFailure `invalid_input` `input_too_large`.
 */
export function encodeRequest(
  header: object,
  parts: readonly ArrayBufferView[] = [],
): Uint8Array<ArrayBuffer> {
  return seal(header, parts, (bytes) => {
    const message = `item of ${bytes} bytes; a node outside takes at most ${MAX_MESSAGE_BYTES} at once`;
    return new NodeFailure('invalid_input', 'input_too_large', message);
  });
}

/** The request to process an item. `credit` is how many outputs may be sent back before more are asked for. */
export function encodeItem(item: Item, credit: number): Uint8Array<ArrayBuffer> {
  return encodeRequest({ op: 'process', credit, ...itemHeader(item) }, itemParts(item));
}

/** Reads a request, in the guest. Audio and bytes are views of it. */
export function decodeRequest<Module>(message: Uint8Array<ArrayBuffer>): Request<Module> {
  const { header, buffer } = unseal(message);
  const request = header as Request<Module> | ({ op: 'process'; credit: number } & ItemHeader);
  if (request.op !== 'process' || !('kind' in request)) return request as Request<Module>;
  return { op: 'process', credit: request.credit, item: readItem(request, buffer) };
}

/**
 * An answer, in the guest.
 * @throws NodeFailure `permanent` `output_too_large`; TypeError where it is not JSON.
 */
export function encodeAnswer(answer: Answer): Uint8Array<ArrayBuffer> {
  const parts = answer.is === 'item' ? itemParts(answer.item) : [];
  return seal(answerHeader(answer), parts, (bytes) => {
    const message = `output of ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} may leave at once: yield it in pieces`;
    return new NodeFailure('permanent', 'output_too_large', message);
  });
}

function answerHeader(answer: Answer): AnswerHeader {
  switch (answer.is) {
    case 'item':
      return { is: 'item', last: answer.last, ...itemHeader(answer.item) };
    case 'failure': {
      const { failure, traceback, fatal } = answer;
      const { errorClass, code, message } = failure;
      return { is: 'failure', error_class: errorClass, code, message, traceback, fatal };
    }
    default:
      return answer;
  }
}

/**
 * Reads an answer. Audio and bytes are views of it.
 * @throws Error where it is none: something other than our host has written it.
 */
export function decodeAnswer(message: Uint8Array<ArrayBuffer>): Answer {
  const { header: unread, buffer } = unseal(message);
  const header = unread as AnswerHeader;
  switch (header.is) {
    case 'done':
    case 'stopped':
    case 'value':
      return header;
    case 'item':
      return { is: 'item', last: header.last, item: readItem(header, buffer) };
    case 'failure': {
      const failure = new NodeFailure(header.error_class, header.code, header.message);
      return { is: 'failure', failure, traceback: header.traceback, fatal: header.fatal };
    }
    default:
      throw new Error(`unknown answer ${JSON.stringify((header as { is: unknown }).is)}`);
  }
}
