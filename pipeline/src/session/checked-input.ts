/** What is pushed, looked at before anything is done with it: a mistake is told to who made it, and the session goes on. */
import { NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';
import { itemFault } from '../item-fault.js';

/** As a rate converter takes them, Hz. */
const LOWEST_HZ = 1000;
const HIGHEST_HZ = 768_000;
const MOST_CHANNELS = 8;

/** @throws NodeFailure `unsound_audio`; `unsound_item` for everything else. */
export function checkInput(item: Item): void {
  const fault = itemFault(item) ?? formatFault(item);
  if (!fault) return;
  const isAudio = (item as Item | null)?.kind === 'audio';
  const hint = isAudio
    ? ': f32 in -1..1, one Float32Array per channel, which stay there until they were played'
    : '';
  throw new NodeFailure(
    'invalid_input',
    isAudio ? 'unsound_audio' : 'unsound_item',
    `what was pushed is ${fault}${hint}`,
  );
}

function formatFault(item: Item): string | undefined {
  if (item.kind !== 'audio') return undefined;
  const { planes, sampleRate } = item;
  if (planes.length > MOST_CHANNELS)
    return `audio of ${planes.length} channels; there may be 1 to ${MOST_CHANNELS}`;
  if (Number.isInteger(sampleRate) && sampleRate >= LOWEST_HZ && sampleRate <= HIGHEST_HZ) return undefined;
  return `audio of ${sampleRate} Hz; a rate is a whole number from ${LOWEST_HZ} to ${HIGHEST_HZ}`;
}
