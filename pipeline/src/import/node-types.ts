/** Node types of the SDK that are called otherwise here, and those that there are none of. */

export interface Renamed {
  readonly to: string;
  /** Parameters that are called otherwise. */
  readonly params?: Readonly<Record<string, string>>;
}

const RESAMPLER: Renamed = {
  to: 'FastResampleNode',
  params: {
    target_sample_rate: 'target_rate',
    output_sample_rate: 'target_rate',
    output_channels: 'channels',
  },
};

export const RENAMED: Readonly<Record<string, Renamed>> = {
  AudioResample: RESAMPLER,
  AudioResampler: RESAMPLER,
  AudioResampleNode: RESAMPLER,
  AudioTransform: RESAMPLER,
  DataTransform: { to: 'DataTransformNode' },
  TextProcessor: { to: 'TextProcessorNode' },
  VoiceActivityDetector: { to: 'RustVADNode' },
  'silero-vad': { to: 'SileroVADNode' },
};

/** The first that fits says why a type is not here. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/diari[sz]|speaker/i, 'tells speakers apart with a model that does not come along'],
  [/whisper|stt|transcri/i, 'writes speech down with a model that does not come along'],
  [/lfm2|personaplex|s2s/i, 'answers speech with a model that does not come along'],
  [/tts|kokoro|voice|voxtral/i, 'speaks with a model that does not come along'],
  [
    /chat|llm|llama|phi|qwen|gemini|coordinator|textcollector/i,
    'is a part of a conversation with a language model',
  ],
  [/video|image|yolo|srt/i, 'works on pictures or files, which do not come this way'],
  [/^remote/i, 'runs a pipeline on another machine'],
  [/emotion/i, 'hears emotions with a model that does not come along'],
];

export const reasonAgainst = (nodeType: string): string =>
  REASONS.find(([pattern]) => pattern.test(nodeType))?.[1] ?? 'is no node type of this catalogue';
