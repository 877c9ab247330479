/**
 * Opus for clients that send and take packets without RTP: whatever length of audio goes in, 20 ms packets come out. By libopus-wasm both ways: it
 * refuses a malformed packet with an error, where opus-decoder writes to the console.
 */
import type { AudioItem } from '@remotemedia/pipeline';
import {
  Application,
  createDecoder,
  createEncoder,
  isOpusError,
  type OpusDecoderHandle,
  type OpusEncoderHandle,
} from 'libopus-wasm';

/** Rates that Opus encodes, in Hz. */
export const OPUS_RATES: readonly number[] = [8000, 12_000, 16_000, 24_000, 48_000];
/** Packets are decoded to this rate, whatever they were made from. */
export const OPUS_DECODE_RATE = 48_000;
const PACKETS_PER_SECOND = 50;

export class OpusPacketDecoder {
  readonly #decoder: OpusDecoderHandle;
  readonly #channels: number;

  static async create(channels: 1 | 2): Promise<OpusPacketDecoder> {
    return new OpusPacketDecoder(await createDecoder({ sampleRate: OPUS_DECODE_RATE, channels }), channels);
  }

  private constructor(decoder: OpusDecoderHandle, channels: number) {
    this.#decoder = decoder;
    this.#channels = channels;
  }

  /** One packet as audio; undefined for one that is not Opus. */
  decode(packet: Uint8Array): AudioItem | undefined {
    if (packet.length === 0) return undefined;
    let samples: Float32Array;
    try {
      samples = this.#decoder.decodeFloat(packet);
    } catch (error) {
      if (isOpusError(error)) return undefined;
      throw error;
    }
    return { kind: 'audio', planes: planesOf(samples, this.#channels), sampleRate: OPUS_DECODE_RATE };
  }

  close(): void {
    this.#decoder.free();
  }
}

export class OpusPacketEncoder {
  readonly #encoder: OpusEncoderHandle;
  /** The packet that is being filled, interleaved. */
  readonly #frame: Float32Array;
  #filled = 0;

  /** @param sampleRate one of {@link OPUS_RATES}. */
  static async create(sampleRate: number, channels: 1 | 2): Promise<OpusPacketEncoder> {
    const frameSize = sampleRate / PACKETS_PER_SECOND;
    const encoder = await createEncoder({
      sampleRate: sampleRate as 48_000,
      channels,
      frameSize,
      application: Application.Voip,
    });
    return new OpusPacketEncoder(encoder, frameSize * channels);
  }

  private constructor(encoder: OpusEncoderHandle, frameLength: number) {
    this.#encoder = encoder;
    this.#frame = new Float32Array(frameLength);
  }

  /** The packets that are full with this audio. */
  encode({ planes }: AudioItem): Uint8Array[] {
    const packets: Uint8Array[] = [];
    const length = planes[0]?.length ?? 0;
    for (let index = 0; index < length; index++) {
      for (const plane of planes) this.#frame[this.#filled++] = plane[index]!;
      if (this.#filled === this.#frame.length) packets.push(this.#packet());
    }
    return packets;
  }

  /** The last packet, filled up with silence; none where nothing waits. */
  flush(): Uint8Array[] {
    if (this.#filled === 0) return [];
    this.#frame.fill(0, this.#filled);
    return [this.#packet()];
  }

  close(): void {
    this.#encoder.free();
  }

  #packet(): Uint8Array {
    this.#filled = 0;
    return this.#encoder.encodeFloat(this.#frame);
  }
}

function planesOf(samples: Float32Array, channels: number): Float32Array[] {
  if (channels === 1) return [samples];
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: samples.length / channels },
      (_, index) => samples[index * channels + channel]!,
    ),
  );
}
