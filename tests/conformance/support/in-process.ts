/** The measure of all others: the same service, without any transport. */
import type { ExecutionRequest, ExecutionService, ManifestSource } from '@remotemedia/gateway';
import { GatewayError } from '@remotemedia/gateway';
import type { PipelineOutput } from '@remotemedia/pipeline';
import { type Choice, interleave, type Output, Refused, type Transport } from './transport.js';

export const inProcess = (execution: ExecutionService): Transport => ({
  name: 'in process',
  counted: 'http',
  async run(choice, items) {
    try {
      const inputs = items.map((item) => ({ item }));
      return (await execution.execute(requestOf(choice), inputs)).outputs.map(toOutput);
    } catch (error) {
      throw error instanceof GatewayError ? new Refused(error.code) : error;
    }
  },
});

const requestOf = (choice: Choice): ExecutionRequest => ({
  transport: 'http',
  ...('manifest' in choice ? { manifest: choice.manifest as ManifestSource } : choice),
});

function toOutput({ nodeId, item }: PipelineOutput): Output {
  if (item.kind === 'value') return { kind: 'value', node: nodeId, value: item.value };
  if (item.kind === 'event') return { kind: 'event', node: nodeId, event: item.event };
  if (item.kind === 'binary') throw new Error('no case gives bytes');
  const { sampleRate, planes } = item;
  return { kind: 'audio', sampleRate, channels: planes.length, samples: interleave(planes) };
}
