/**
 * How long and how loud an utterance is. The JavaScript of speech-report.yaml:
 *
 *     npx remotemedia run examples/hybrid/speech-report.yaml -i tests/fixtures/speech.wav --events - --quiet
 */
import { defineNode } from '@remotemedia/pipeline';

export const MeasureNode = defineNode({
  type: 'MeasureNode',
  summary: 'Says how long and how loud each utterance is.',
  takes: ['event'],
  gives: ['value'],
  create: () => ({
    process(item) {
      if (item.kind !== 'event' || item.event.type !== 'utterance' || !item.audio) return undefined;
      const { planes, sampleRate } = item.audio;
      const [samples] = planes;
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const value = { seconds: samples.length / sampleRate, level_dbfs: 10 * Math.log10(power) };
      return { kind: 'value', value };
    },
  }),
});
