/**
 * Messages between the gateway and Python: little-endian u32 of the whole length, u32 of the header's length, the header (JSON, UTF-8),
 * zeros up to a multiple of eight, and at most one buffer. Its twin is `pipeline/python/remotemedia/message.py`.
 */
import type { JsonValue } from '@remotemedia/native-dsp';
import { type NodeErrorClass, NodeFailure } from '../external/external-node.js';
import type { AudioItem, Item, PipelineEvent } from '../item.js';

/** A message longer than this is refused, in both directions. */
export const MAX_MESSAGE_BYTES = 64 << 20;
export const PREFIX_BYTES = 8;

/** What Python answers; see `host.py`. */
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

interface AudioHeader {
  readonly channels: number;
  readonly samples: number;
  readonly sample_rate: number;
  readonly media_time_samples?: number;
}

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

type ItemHeader =
  | { kind: 'value'; value: JsonValue }
  | ({ kind: 'audio' } & AudioHeader)
  | { kind: 'event'; event: PipelineEvent; audio?: AudioHeader }
  | { kind: 'binary'; media_type?: string };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A request with the parts of its buffer, which are copied once, into the message.
 * @throws NodeFailure `invalid_input` `input_too_large`.
 */
export function encodeRequest(
  header: object,
  parts: readonly ArrayBufferView[] = [],
): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify(header));
  const bufferStart = alignedEnd(text.length);
  const total = parts.reduce((sum, part) => sum + part.byteLength, bufferStart);
  if (total > MAX_MESSAGE_BYTES) {
    const message = `item of ${total} bytes; a node in Python takes at most ${MAX_MESSAGE_BYTES} at once`;
    throw new NodeFailure('invalid_input', 'input_too_large', message);
  }
  const bytes = new Uint8Array(total);
  const prefix = new DataView(bytes.buffer);
  prefix.setUint32(0, total, true);
  prefix.setUint32(4, text.length, true);
  bytes.set(text, PREFIX_BYTES);
  let offset = bufferStart;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return bytes;
}

/** The request to process an item. `credit` is how many outputs may be sent back before more are asked for. */
export function encodeItem(item: Item, credit: number): Uint8Array<ArrayBuffer> {
  const request = { op: 'process', credit, kind: item.kind };
  switch (item.kind) {
    case 'value':
      return encodeRequest({ ...request, value: item.value });
    case 'audio':
      return encodeRequest({ ...request, ...audioHeader(item) }, item.planes);
    case 'event': {
      const audio = item.audio && audioHeader(item.audio);
      return encodeRequest({ ...request, event: item.event, audio }, item.audio?.planes);
    }
    case 'binary':
      return encodeRequest({ ...request, media_type: item.mediaType }, [item.data]);
  }
}

/**
 * Reads an answer. Audio and bytes are views of it.
 * @throws Error where it is none: something other than our host has written it.
 */
export function decodeAnswer(message: Uint8Array<ArrayBuffer>): Answer {
  const prefix = new DataView(message.buffer, message.byteOffset, PREFIX_BYTES);
  const headerBytes = prefix.getUint32(4, true);
  if (prefix.getUint32(0, true) !== message.length || PREFIX_BYTES + headerBytes > message.length)
    throw new Error('lengths of the message disagree');
  const text = decoder.decode(message.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  const header = JSON.parse(text) as AnswerHeader;
  switch (header.is) {
    case 'done':
    case 'stopped':
    case 'value':
      return header;
    case 'item':
      return {
        is: 'item',
        last: header.last,
        item: decodeItem(header, message.subarray(alignedEnd(headerBytes))),
      };
    case 'failure': {
      const failure = new NodeFailure(header.error_class, header.code, header.message);
      return { is: 'failure', failure, traceback: header.traceback, fatal: header.fatal };
    }
    default:
      throw new Error(`unknown answer ${JSON.stringify((header as { is: unknown }).is)}`);
  }
}

function decodeItem(header: ItemHeader, buffer: Uint8Array<ArrayBuffer>): Item {
  switch (header.kind) {
    case 'value':
      return { kind: 'value', value: header.value };
    case 'audio':
      return audioItem(header, buffer);
    case 'event': {
      const { event, audio } = header;
      return audio ? { kind: 'event', event, audio: audioItem(audio, buffer) } : { kind: 'event', event };
    }
    case 'binary': {
      const { media_type: mediaType } = header;
      return { kind: 'binary', data: buffer, ...(mediaType !== undefined && { mediaType }) };
    }
    default:
      throw new Error(`unknown item ${JSON.stringify((header as { kind: unknown }).kind)}`);
  }
}

function audioHeader({ planes, sampleRate, mediaTimeSamples }: AudioItem): AudioHeader {
  return {
    channels: planes.length,
    samples: planes[0]?.length ?? 0,
    sample_rate: sampleRate,
    ...(mediaTimeSamples !== undefined && { media_time_samples: mediaTimeSamples }),
  };
}

function audioItem(header: AudioHeader, buffer: Uint8Array<ArrayBuffer>): AudioItem {
  const { channels, samples, sample_rate: sampleRate, media_time_samples: mediaTimeSamples } = header;
  const planes = Array.from(
    { length: channels },
    (_, channel) => new Float32Array(buffer.buffer, buffer.byteOffset + channel * samples * 4, samples),
  );
  return { kind: 'audio', planes, sampleRate, ...(mediaTimeSamples !== undefined && { mediaTimeSamples }) };
}

/** Where the buffer begins, so that floats in it are aligned. */
function alignedEnd(headerBytes: number): number {
  return (PREFIX_BYTES + headerBytes + 7) & ~7;
}
