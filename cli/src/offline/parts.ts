/** Pipelines of several parts from the command line: with nodes outside the audio graph, on JSON or on a WAV file. */
import { pathToFileURL } from 'node:url';
import type { JsonValue } from '@remotemedia/native-dsp';
import {
  NodeFailure,
  type NodeSources,
  Pipeline,
  PipelineError,
  type PipelineEvent,
  type PipelineSession,
} from '@remotemedia/pipeline';
import { pythonHost } from '@remotemedia/pipeline/python';
import { workerHost } from '@remotemedia/pipeline/worker';
import { CommandError } from '../exit.js';
import { offlineRuntime } from '../runtime.js';
import { explain } from './explain.js';
import { readInput } from './json.js';
import { printLine } from './log.js';
import type { Engine, Results } from './run.js';
import type { WavSource } from './source.js';

/** @param text of the manifest, whose modules are loaded. */
export async function openParts(text: string, manifestPath: string): Promise<Pipeline> {
  return explained(manifestPath, async () => {
    const pipeline = Pipeline.fromYaml(text, sourcesBeside(manifestPath));
    await pipeline.load();
    return pipeline;
  });
}

/** Where the nodes outside of a manifest come from: its file's folder, and who brings some along. */
export function sourcesBeside(manifestPath: string): NodeSources {
  // A manifest from a pipe lies in no folder.
  const base = manifestPath === '-' ? {} : { base: pathToFileURL(manifestPath) };
  const onLog = printLine;
  return { ...base, hosts: [pythonHost({ ...base, onLog }), workerHost({ ...base, onLog })] };
}

/** Whether its input is audio. */
export function takesAudio({ plan }: Pipeline): boolean {
  const sources = plan.parts.filter(({ is_source }) => is_source);
  if (plan.has_graph) return sources.some(({ part, hears }) => part === 'audio' || hears);
  // Nodes outside alone: what takes values too is given those.
  return sources.some(({ takes }) => takes.includes('audio') && !takes.includes('value'));
}

/** Runs it on JSON. @returns the values that came out, as JSON. */
export async function runPartsOnJson(
  pipeline: Pipeline,
  manifestPath: string,
  input: string,
): Promise<string> {
  const value = parse(await readInput(manifestPath, input));
  return explained(manifestPath, async () => {
    const { value: result, events } = await pipeline.run(value);
    // What was gone around or muted is no result, and must not be lost.
    for (const event of events) if (event.type === 'node_error') printLine(failureLine(event));
    return JSON.stringify(result);
  });
}

const failureLine = ({ node_id, message, code, policy }: PipelineEvent): string =>
  `remotemedia: warning: node ${node_id}: ${message} [${code}], ${policy}`;

/** Runs it on a WAV file. What nodes give as values is told as events, as in sessions over WebRTC. */
export async function partsEngine(
  pipeline: Pipeline,
  text: string,
  path: string,
  source: WavSource,
): Promise<Engine> {
  const { format } = source;
  return explained(path, async () => {
    const givesAudio = pipeline.plan.parts.some(
      ({ is_output, gives }) => is_output && gives.includes('audio'),
    );
    const { OfflinePipeline } = offlineRuntime(text);
    const { outputFormat } = new OfflinePipeline(text, format, pipeline.externals);
    return {
      outputFormat: givesAudio ? outputFormat : null,
      run: (results) => explained(path, () => runOnAudio(pipeline, source, results)),
    };
  });
}

async function runOnAudio(pipeline: Pipeline, source: WavSource, results: Results): Promise<number> {
  const { sampleRate, channels } = source.format;
  const session = await pipeline.session({ format: { sampleRate, channels } });
  try {
    const feeding = feed(session, source, results);
    // Without more input the reader would wait for ever; why there is none is told below.
    feeding.catch(() => session.close());
    for await (const { nodeId, item } of session.outputs) {
      if (item.kind === 'audio') await results.audio?.([...item.planes], 0, item.planes[0]!.length);
      else if (item.kind === 'event') await results.event?.(JSON.stringify(item.event));
      else if (item.kind === 'value')
        await results.event?.(JSON.stringify({ type: 'node_output', node_id: nodeId, value: item.value }));
    }
    return await feeding;
  } finally {
    await session.close();
  }
}

async function feed(session: PipelineSession, source: WavSource, { progress }: Results): Promise<number> {
  const { sampleRate, channels } = source.format;
  const planes = Array.from({ length: channels }, () => new Float32Array(sampleRate / 100));
  let samples = 0;
  for await (const count of source.frames(planes)) {
    samples += count;
    await session.push({ kind: 'audio', planes: planes.map((plane) => plane.slice(0, count)), sampleRate });
    progress?.(samples / sampleRate);
  }
  await session.end();
  return samples / sampleRate;
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`the input is not JSON: ${(error as Error).message}`);
  }
}

/** Runs something of a pipeline; what it throws comes in the words of the command line. */
export async function explained<T>(manifestPath: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PipelineError && error.complaints.length > 0)
      throw new CommandError(`${manifestPath} is not valid`, error.complaints);
    const isTold = error instanceof NodeFailure || error instanceof PipelineError;
    if (!isTold) throw explain(error, manifestPath);
    const node = error instanceof NodeFailure && error.nodeId !== undefined ? `node ${error.nodeId}: ` : '';
    throw new CommandError(`${node}${error.message} [${error.code}]`);
  }
}
