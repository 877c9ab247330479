/** What every way to a pipeline must be able to do, so that the same cases run over each of them. */
import type { ExecutionTransport } from '@remotemedia/gateway';
import type { Item } from '@remotemedia/pipeline';

export type Choice = { readonly manifest: object } | { readonly pipeline: string };

/** A result as every transport can tell it. */
export type Output =
  | { readonly kind: 'value'; readonly node: string; readonly value: unknown }
  | { readonly kind: 'event'; readonly node: string; readonly event: object }
  /** Interleaved. The audio WebSocket does not say which node gave it. */
  | {
      readonly kind: 'audio';
      readonly sampleRate: number;
      readonly channels: number;
      readonly samples: Float32Array;
    };

/** The gateway has said no, with a stable code. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** A session that is being fed and read. */
export interface Conversation {
  /** Resolves when the transport takes more. */
  push(item: Item): Promise<void>;
  end(): Promise<void>;
  /** All results until the end. @throws Refused. */
  results(): Promise<Output[]>;
  /** Ends it by the protocol's own means. */
  cancel(): Promise<void>;
  /** Breaks the connection, as a process does that dies. */
  vanish(): void;
}

export interface Transport {
  readonly name: string;
  /** As what the gateway counts it. */
  readonly counted: ExecutionTransport;
  /** A whole input, all results. @throws Refused. */
  run(choice: Choice, items: readonly Item[]): Promise<Output[]>;
  /** Where results come as they are made. */
  open?(choice: Choice): Promise<Conversation>;
}

/** `run` by a conversation. */
export async function converse(opening: Promise<Conversation>, items: readonly Item[]): Promise<Output[]> {
  const conversation = await opening;
  const pushing = (async () => {
    for (const item of items) await conversation.push(item);
    await conversation.end();
  })();
  try {
    const [results] = await Promise.all([conversation.results(), pushing]);
    return results;
  } catch (error) {
    await conversation.cancel();
    throw error;
  }
}

export function interleave(planes: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(planes.length * planes[0]!.length);
  for (const [channel, plane] of planes.entries()) {
    for (const [index, sample] of plane.entries()) samples[index * planes.length + channel] = sample;
  }
  return samples;
}

/** Samples that lie at any address. */
export const floatsOf = (bytes: Uint8Array): Float32Array =>
  new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);

export const bytesOf = (samples: Float32Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
