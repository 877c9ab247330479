/**
 * Opus without the addon: opus-decoder to decode, libopus-wasm to encode. Made asynchronously when a session is opened, long before its first
 * packet; synchronous from then on.
 */
import type { AudioFormat, EncoderOptions } from '@remotemedia/native-dsp';
import type { SessionCodec } from '@remotemedia/native-dsp/wasm';
import { Application, createEncoder, loadLibopus, type OpusEncoderHandle } from 'libopus-wasm';
import { OpusDecoder } from 'opus-decoder';

/** Rates that Opus encodes, in Hz. */
const RATES: readonly number[] = [8000, 12_000, 16_000, 24_000, 48_000];
/** Packets are 20 ms long. */
const PACKETS_PER_SECOND = 50;
/** Decoders that wait for a session, or to replace one whose stream ended. */
const MAX_SPARE = 2;

const spares: OpusDecoder[] = [];

/** Version text of the encoder's libopus. */
export async function opusVersion(): Promise<string> {
  return (await loadLibopus()).version;
}

/** Compiles both codecs before the first session needs them. Where that fails, the session will say so. */
export function warmUp(): void {
  void keepSpares();
  opusVersion().catch(() => {});
}

/** @param output what is to be encoded, null for nothing. */
export async function createCodec(
  output: AudioFormat | null,
  encoder: Required<EncoderOptions>,
): Promise<OpusCodec> {
  const isEncodable = output !== null && RATES.includes(output.sampleRate) && output.channels <= 2;
  return new OpusCodec(await createDecoder(), isEncodable ? await encoderFor(output, encoder) : undefined);
}

export class OpusCodec implements SessionCodec {
  #decoder: OpusDecoder;
  readonly #encoder: OpusEncoderHandle | undefined;

  constructor(decoder: OpusDecoder, encoder: OpusEncoderHandle | undefined) {
    this.#decoder = decoder;
    this.#encoder = encoder;
  }

  /** The session lets only well-formed packets through: opus-decoder writes a line to the console about every other one. */
  decode(packet: Uint8Array, pcm: Float32Array): number {
    const { channelData, samplesDecoded } = this.#decoder.decodeFrame(packet);
    const samples = channelData[0];
    if (samplesDecoded === 0 || !samples || samples.length > pcm.length) return -1;
    pcm.set(samples);
    return samples.length;
  }

  /**
   * opus-decoder resets by making itself anew, asynchronously, so another one takes over. Where none is left, a few milliseconds of the former
   * stream's state are heard in the next one.
   */
  resetDecoder(): void {
    const spare = spares.pop();
    if (!spare) return;
    this.#decoder = spare;
    void keepSpares();
  }

  encode(pcm: Float32Array, packet: Uint8Array): number {
    if (!this.#encoder) return -1;
    const encoded = this.#encoder.encodeFloat(pcm, { maxPacketBytes: packet.length });
    packet.set(encoded);
    return encoded.length;
  }

  setPacketLoss(percent: number): void {
    this.#encoder?.setPacketLossPercent(percent);
  }

  close(): void {
    this.#encoder?.free();
  }
}

function encoderFor(
  { sampleRate, channels }: AudioFormat,
  options: Required<EncoderOptions>,
): Promise<OpusEncoderHandle> {
  return createEncoder({
    ...options,
    sampleRate: sampleRate as 48_000,
    channels: channels as 1 | 2,
    application: Application.Voip,
    frameSize: sampleRate / PACKETS_PER_SECOND,
  });
}

async function createDecoder(): Promise<OpusDecoder> {
  const decoder = spares.pop() ?? new OpusDecoder({ channels: 1 });
  await decoder.ready;
  void keepSpares();
  return decoder;
}

let isRefilling = false;

async function keepSpares(): Promise<void> {
  if (isRefilling) return;
  isRefilling = true;
  try {
    while (spares.length < MAX_SPARE) {
      const decoder = new OpusDecoder({ channels: 1 });
      await decoder.ready;
      spares.push(decoder);
    }
  } catch {
    // Whoever needs one makes it, and learns why it cannot be.
  } finally {
    isRefilling = false;
  }
}
