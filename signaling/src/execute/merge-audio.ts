/** Whoever wants everything at once wants the audio of a node in one piece. */
import type { AudioItem, PipelineOutput } from '@remotemedia/pipeline';

type AudioOutput = PipelineOutput & { readonly item: AudioItem };

/** Joins blocks of one node and one format into the first of them; everything else stays in its place. */
export function mergeAudio(outputs: readonly PipelineOutput[]): PipelineOutput[] {
  const runs = new Map<string, AudioOutput[]>();
  const kept = outputs.filter((output): boolean => {
    if (!isAudio(output)) return true;
    const { nodeId, item } = output;
    const key = `${item.sampleRate} ${item.planes.length} ${nodeId}`;
    const run = runs.get(key);
    if (run) run.push(output);
    else runs.set(key, [output]);
    return !run;
  });
  return kept.map((output) => {
    const run = isAudio(output) && [...runs.values()].find(([first]) => first === output);
    return run ? { ...output, item: join(run.map(({ item }) => item)) } : output;
  });
}

const isAudio = (output: PipelineOutput): output is AudioOutput => output.item.kind === 'audio';

function join(items: readonly AudioItem[]): AudioItem {
  const length = items.reduce((sum, { planes }) => sum + (planes[0]?.length ?? 0), 0);
  const planes = items[0]!.planes.map(() => new Float32Array(length));
  let at = 0;
  for (const item of items) {
    for (const [channel, plane] of item.planes.entries()) planes[channel]!.set(plane, at);
    at += item.planes[0]?.length ?? 0;
  }
  return { ...items[0]!, planes };
}
