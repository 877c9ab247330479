/** The audio graph of a running pipeline. Between two frames, the nodes outside that have a place in it get their turn. */
import type {
  AudioFormat,
  NodeMetrics,
  OfflinePipeline,
  PipelineMetrics,
  PipelineTotal,
  PlannedPart,
} from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
import type { AudioItem, EventItem, Item, PipelineEvent } from '../item.js';
import { itemBytes } from '../item-size.js';
import { BoundedQueue } from './bounded-queue.js';
import { checkInput } from './checked-input.js';
import { FrameCollector, FrameCutter } from './frame-cutter.js';
import { HostedNode } from './hosted-node.js';
import type { NodeWorker } from './node-worker.js';
import { type Outlet, PART_QUEUE, type RunningPart } from './part.js';
import { graphRate, type RateAdapter } from './rate-adapter.js';

export interface GraphOptions {
  /** Compiles the graph for a format of input. @throws NativeError */
  readonly compile: (format: AudioFormat) => OfflinePipeline;
  /** Makes audio fit whose rate makes no whole frames. */
  readonly adapt: (format: AudioFormat) => RateAdapter;
  /** What the input is; absent: what the first audio is. */
  readonly format?: AudioFormat | undefined;
  /** All nodes of the plan, by id. */
  readonly nodes: ReadonlyMap<string, PlannedPart>;
  /** Nodes outside that answer for every frame. */
  readonly inTheChain: ReadonlyMap<string, NodeWorker>;
  /** Takes the frames of nodes outside that only listen. */
  readonly listen: (nodeId: string, frame: AudioItem) => Promise<void> | undefined;
  /** The node whose audio is the pipeline's; none where nobody asked for audio. */
  readonly output: PlannedPart | undefined;
  /** Feeders that do not themselves live on what the graph gives: the input first of all. */
  readonly feeders: number;
  /** Nodes outside that speak into the graph because of what they heard from it. */
  readonly lateFeeders: ReadonlySet<string>;
  readonly outlet: Outlet;
  readonly session: AbortSignal;
}

const DEFAULT_FORMAT: AudioFormat = { sampleRate: 48_000, channels: 1 };

/** What the graph has to do next. */
type Task =
  | { readonly kind: 'audio'; readonly item: AudioItem }
  | { readonly kind: 'flush'; readonly done: () => void }
  | { readonly kind: 'play_out' | 'finish' };

export class GraphPart implements RunningPart {
  readonly nodeIds: readonly string[];
  readonly done: Promise<void>;
  /** Settles when the input has gone through; what is still to come answers it. */
  readonly inputDone: Promise<void>;
  readonly #options: GraphOptions;
  readonly #queue = new BoundedQueue<Task>(PART_QUEUE, (task) =>
    task.kind === 'audio' ? itemBytes(task.item) : 0,
  );
  #feeders: number;
  #lateFeeders: number;
  #running: Running | undefined;
  #adapter: RateAdapter | undefined;
  #willPlayOut = false;
  #finished!: () => void;

  constructor(options: GraphOptions) {
    this.#options = options;
    this.nodeIds = [...options.nodes.values()]
      .filter(({ id, part }) => part === 'audio' || options.inTheChain.has(id))
      .map(({ id }) => id);
    this.#feeders = options.feeders;
    this.#lateFeeders = options.lateFeeders.size;
    const { session } = options;
    session.addEventListener('abort', () => this.#queue.fail(session.reason), { once: true });
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve;
    });
    this.done = this.#work();
    this.inputDone = Promise.race([finished, this.done]);
  }

  get isEnded(): boolean {
    return this.#feeders <= 0;
  }

  put(nodeId: string, item: Item): Promise<void> | undefined {
    const worker = this.#options.inTheChain.get(nodeId);
    if (worker) {
      const hosted = this.#start().hosted.find(({ id }) => id === nodeId)!;
      return worker.run(item, (output) => this.#take(hosted, worker, output));
    }
    return item.kind === 'audio' ? this.#queue.put({ kind: 'audio', item }) : undefined;
  }

  /** Resolves when all audio before has gone through and what was open is ended. */
  flush(): Promise<void> {
    const { session } = this.#options;
    return new Promise((resolve, reject) => {
      const abort = () => reject(session.reason);
      session.addEventListener('abort', abort, { once: true });
      const done = () => {
        session.removeEventListener('abort', abort);
        resolve();
      };
      Promise.resolve(this.#queue.put({ kind: 'flush', done })).catch(reject);
    });
  }

  /** Audio of a node outside that speaks without being asked. */
  speak(nodeId: string, item: AudioItem): Promise<void> | undefined {
    const hosted = this.#start().hosted.find(({ id }) => id === nodeId)!;
    return this.#running!.play(hosted, item, () => this.#playOutSoon());
  }

  feederEnded(feeder: RunningPart | undefined): void {
    const isLate = feeder?.nodeIds.some((id) => this.#options.lateFeeders.has(id));
    if (isLate) this.#lateFeeders--;
    else this.#feeders--;
    if (!isLate && this.#feeders === 0) this.#ask({ kind: 'finish' });
    if (this.#feeders === 0 && this.#lateFeeders === 0) this.#queue.end();
  }

  metrics(): NodeMetrics[] {
    const nodes = this.report?.node_metrics ?? [];
    const { nodes: planned, inTheChain } = this.#options;
    const isInside = ({ node_id }: NodeMetrics) => planned.get(node_id)?.part === 'audio';
    return [...nodes.filter(isInside), ...[...inTheChain.values()].map((worker) => worker.metrics())];
  }

  /** What the graph itself has to say. */
  get report(): PipelineMetrics | undefined {
    for (const { id, late } of this.#running?.hosted ?? []) {
      const worker = this.#options.inTheChain.get(id);
      if (worker) worker.late = late;
    }
    return this.#running?.graph.metrics();
  }

  /** The same for the sum over all sessions; nothing before the first audio. */
  total(pipeline: string | null): PipelineTotal | undefined {
    return this.#running?.graph.total(pipeline);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#options.inTheChain.values()].map((worker) => worker.close()));
  }

  async #work(): Promise<void> {
    for (;;) {
      const next = await this.#queue.take();
      if (next.done) break;
      const task = next.value;
      if (task.kind === 'audio') await this.#runAudio(task.item);
      else if (task.kind === 'flush') {
        await this.#running?.flush();
        task.done();
      } else if (task.kind === 'finish') await this.#finish();
      else {
        this.#willPlayOut = false;
        await this.#start().playOut();
      }
    }
    await this.#running?.playOut();
  }

  async #finish(): Promise<void> {
    const rest = this.#adapter?.finish();
    if (rest && rest.planes[0]!.length > 0) await this.#running!.run(rest);
    const running = this.#start();
    await running.finish();
    for (const [id, worker] of this.#options.inTheChain) {
      const hosted = running.hosted.find((node) => node.id === id)!;
      await worker.end((output) => this.#take(hosted, worker, output));
    }
    await running.playOut();
    this.#finished();
  }

  async #runAudio(item: AudioItem): Promise<void> {
    // It was sound when it was put; its memory may have been given away since.
    checkInput(item);
    const format = { sampleRate: item.sampleRate, channels: item.planes.length };
    const running = this.#start(format);
    running.expect(format);
    await running.run(this.#adapter?.convert(item) ?? item);
  }

  #take(hosted: HostedNode, worker: NodeWorker, output: Item): Promise<void> | undefined {
    if (output.kind !== 'audio') return this.#options.outlet.send(worker.part, output);
    return this.#running!.play(hosted, output, () => this.#playOutSoon());
  }

  /** When all feeders have ended, everything is played at last anyway. */
  #playOutSoon(): void {
    if (this.#willPlayOut || this.#feeders + this.#lateFeeders === 0) return;
    this.#willPlayOut = true;
    this.#ask({ kind: 'play_out' });
  }

  /** Of the graph itself, whatever waits before it. Where the session ends first, there is nothing to do. */
  #ask(task: Task): void {
    if (!this.#options.session.aborted) this.#queue.put(task)?.catch(() => {});
  }

  #start(format: AudioFormat = DEFAULT_FORMAT): Running {
    if (this.#running) return this.#running;
    const input = this.#options.format ?? format;
    if (graphRate(input.sampleRate) !== input.sampleRate) this.#adapter = this.#options.adapt(input);
    this.#running = new Running(this.#options, input, this.#adapter?.toHz);
    return this.#running;
  }
}

/** The graph once its format is known. */
class Running {
  readonly graph: OfflinePipeline;
  readonly hosted: readonly HostedNode[];
  readonly #options: GraphOptions;
  /** Of the input, as it comes. */
  readonly #format: AudioFormat;
  /** Of the graph's input, Hz. */
  readonly #sampleRate: number;
  readonly #cutter: FrameCutter;
  readonly #collector: FrameCollector | undefined;
  /** Samples per channel of input. */
  #taken = 0;
  #hasInput = false;
  #isInputOver = false;
  /** Who waits for room in front of a node that speaks. */
  #waiting: (() => void)[] = [];

  /** @param sampleRate of the graph, where that is not the rate of `format`. */
  constructor(options: GraphOptions, format: AudioFormat, sampleRate = format.sampleRate) {
    this.#options = options;
    this.#format = format;
    this.#sampleRate = sampleRate;
    this.graph = options.compile({ ...format, sampleRate });
    this.#cutter = new FrameCutter(this.graph.input, format.channels);
    const { outputFormat, latencySamples } = this.graph;
    this.#collector =
      options.output && outputFormat ? new FrameCollector(outputFormat, latencySamples) : undefined;
    this.hosted = this.graph.hosts.map((place, host) => new HostedNode(this.graph, host, place));
  }

  /** @throws NodeFailure `format_changed` */
  expect({ sampleRate, channels }: AudioFormat): void {
    if (sampleRate === this.#format.sampleRate && channels === this.#format.channels) return;
    const [is, was] = [
      `${sampleRate} Hz, ${channels} ch`,
      `${this.#format.sampleRate} Hz, ${this.#format.channels} ch`,
    ];
    throw new NodeFailure('invalid_input', 'format_changed', `the audio is ${is}; this session's is ${was}`);
  }

  async run(item: AudioItem): Promise<void> {
    this.#hasInput = true;
    const length = item.planes[0]!.length;
    this.#taken += length;
    for (let at = 0; at < length; ) {
      at = this.#cutter.fill(item.planes, at);
      if (!this.#cutter.isFull) continue;
      const waits = this.#frame();
      if (waits) await waits;
    }
    await this.#sendAudio();
  }

  /** Takes audio that is to be played in its turn; waits for room. */
  async play(hosted: HostedNode, item: AudioItem, needsFrames: () => void): Promise<void> {
    let rest = item;
    for (;;) {
      const taken = hosted.give(rest);
      needsFrames();
      if (taken >= rest.planes[0]!.length) return;
      rest = { ...rest, planes: rest.planes.map((plane) => plane.subarray(taken)) };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Runs silence while nodes outside have audio that waits to be played, unless the input drives the graph. */
  async playOut(): Promise<void> {
    if (this.#hasInput && !this.#isInputOver) return;
    while (this.hosted.some((node) => node.queued > 0)) await this.#frame();
    await this.#sendAudio();
  }

  /** As at the end of the input, but it goes on. */
  async flush(): Promise<void> {
    this.graph.endOfInput();
    await this.#events();
  }

  /** The input is over: what is under way comes out. */
  async finish(): Promise<void> {
    const outputRate = this.graph.outputFormat?.sampleRate ?? this.#sampleRate;
    const wanted = this.#hasInput ? Math.round((this.#taken * outputRate) / this.#sampleRate) : 0;
    while (this.#cutter.pending > 0 || (this.#collector && this.#collector.total < wanted)) {
      const waits = this.#frame();
      if (waits) await waits;
    }
    this.#isInputOver = true;
    this.graph.endOfInput();
    await this.#events();
    const outlastsInput = this.hosted.some((node) => node.queued > 0);
    if (this.#hasInput && !outlastsInput) this.#collector?.trim(wanted);
    await this.playOut();
  }

  /** One frame; what is missing of it is silence. Synchronous where nothing makes it wait. */
  #frame(): Promise<void> | undefined {
    if (!this.#cutter.isFull) this.#cutter.pad();
    this.#cutter.clear();
    const events = this.graph.process();
    this.#collector?.add(this.graph.output);
    const heard = events > 0 ? this.#events() : undefined;
    if (heard) return heard.then(() => this.#hosts(0));
    return this.#hosts(0);
  }

  /** Every node outside gets its frame; one in the chain is waited for, as its answer is due. */
  #hosts(from: number): Promise<void> | undefined {
    for (let at = from; at < this.hosted.length; at++) {
      const waits = this.#turn(this.hosted[at]!);
      if (waits) return waits.then(() => this.#hosts(at + 1));
    }
    for (const resume of this.#waiting.splice(0)) resume();
    return undefined;
  }

  #turn(hosted: HostedNode): Promise<void> | undefined {
    const frame = hosted.frame();
    if (!frame) return undefined;
    const worker = this.#options.inTheChain.get(hosted.id);
    if (!worker) return this.#options.listen(hosted.id, frame);
    return worker.run(
      frame,
      (output) => {
        if (output.kind !== 'audio') return this.#options.outlet.send(worker.part, output);
        const taken = hosted.give(output, frame);
        if (taken < output.planes[0]!.length) {
          throw new NodeFailure(
            'resource',
            'audio_queue_full',
            'more audio waits to be played than can wait',
          );
        }
        return undefined;
      },
      hosted.silenceFor(frame),
    );
  }

  async #events(): Promise<void> {
    const events = this.graph.drainEvents().map((json) => JSON.parse(json) as PipelineEvent);
    const [utterances, chunks] = [this.graph.drainUtterances(), this.graph.drainChunks()];
    for (const event of events) {
      const node = this.#options.nodes.get(event.node_id ?? '');
      if (!node) continue;
      const audio = audioOf(event, utterances, chunks);
      const item: EventItem = audio ? { kind: 'event', event, audio } : { kind: 'event', event };
      await this.#options.outlet.send(node, item);
    }
    const fatal = events.find(({ type, policy }) => type === 'node_error' && policy === 'fail_session');
    if (fatal) throw graphFailure(fatal);
  }

  async #sendAudio(): Promise<void> {
    const audio = this.#collector?.take();
    if (audio && this.#options.output) await this.#options.outlet.send(this.#options.output, audio);
  }
}

/** The graph has told of it; its own error would only say that it has failed. */
function graphFailure({ code, message, node_id }: PipelineEvent): NodeFailure {
  return new NodeFailure(
    'internal',
    String(code),
    String(message),
    node_id === null ? {} : { nodeId: node_id },
  );
}

function audioOf(
  event: PipelineEvent,
  utterances: ReturnType<OfflinePipeline['drainUtterances']>,
  chunks: ReturnType<OfflinePipeline['drainChunks']>,
): AudioItem | undefined {
  const isOfEvent = (one: { nodeId: string; index: number }) =>
    one.nodeId === event.node_id && one.index === event['index'];
  if (event.type === 'audio_chunk') {
    const chunk = chunks.find(isOfEvent);
    if (!chunk) return undefined;
    const length = chunk.samples.length / chunk.channels;
    const planes = Array.from({ length: chunk.channels }, (_, channel) =>
      chunk.samples.subarray(channel * length, (channel + 1) * length),
    );
    return { kind: 'audio', planes, sampleRate: chunk.sampleRate };
  }
  if (event.type !== 'utterance' && event.type !== 'audio_evidence') return undefined;
  const utterance = utterances.find(isOfEvent);
  if (!utterance) return undefined;
  const plane = Float32Array.from(utterance.samples, (sample) => sample / 32_768);
  return { kind: 'audio', planes: [plane], sampleRate: utterance.sampleRate };
}
