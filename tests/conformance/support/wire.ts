/** Items and results in the JSON of HTTP and WebSocket. */
import type { Item } from '@remotemedia/pipeline';
import type { WireItem, WireOutput } from '@remotemedia/signaling';
import { bytesOf, floatsOf, interleave, type Output } from './transport.js';

export function toWire(item: Item): WireItem {
  if (item.kind === 'value') return item;
  if (item.kind !== 'audio') throw new Error('no case pushes anything else');
  return {
    kind: 'audio',
    encoding: 'f32le',
    sample_rate: item.sampleRate,
    channels: item.planes.length,
    data: bytesOf(interleave(item.planes)).toString('base64'),
  };
}

export function fromWire(output: WireOutput): Output {
  if (output.kind === 'value') return { kind: 'value', node: output.node_id, value: output.value };
  if (output.kind === 'event') return { kind: 'event', node: output.node_id, event: output.event };
  if (output.kind === 'binary') throw new Error('no case gives bytes');
  const samples = floatsOf(Buffer.from(output.data, 'base64'));
  return { kind: 'audio', sampleRate: output.sample_rate, channels: output.channels, samples };
}
