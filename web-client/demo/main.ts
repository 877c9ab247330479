/** Puts the page together: form, call, pictures, numbers. */
import { GatewayApi, GatewayError } from '../src/index.js';
import { AudioEngine, type Listening } from './audio-engine.js';
import { Banner } from './banner.js';
import { Call } from './call.js';
import { ConnectionView } from './connection.js';
import { byId, checkedValue } from './dom.js';
import { EventList } from './event-list.js';
import { MicrophoneSource } from './microphone-source.js';
import { PipelineGraph } from './pipeline-graph.js';
import { PipelineChoice } from './pipelines.js';
import { Scope } from './scope.js';
import { SourceForm } from './source-form.js';
import { Tiles } from './tiles.js';

const STATISTICS_INTERVAL_MS = 1000;
/** Loud enough to hear, quiet enough that a laptop's echo canceller copes. A file cannot howl. */
const VOLUME_MICROPHONE = 35;
const VOLUME_FILE = 80;

const api = new GatewayApi(document.baseURI);
const banner = new Banner();
const connection = new ConnectionView();
const events = new EventList();
const tiles = new Tiles();
const graph = new PipelineGraph();
const scope = new Scope();
const form = new SourceForm();
const pipelines = new PipelineChoice(() => {
  scope.setThreshold(pipelines.vadThreshold);
  showOutput(pipelines.givesAudio);
  graph.select(pipelines.selected);
});

const volume = byId('volume', HTMLInputElement);
const save = byId('save', HTMLButtonElement);
const replay = byId('replay', HTMLButtonElement);
const applied = byId('applied', HTMLElement);

let engine: AudioEngine | undefined;
let call: Call | undefined;
let isMeasured = true;
let statisticsTimer: ReturnType<typeof setInterval> | undefined;

function connect(): void {
  banner.hide();
  events.clear();
  tiles.clear();
  graph.clear();
  isMeasured = true;
  scope.start(pipelines.vadThreshold);
  engine ??= new AudioEngine(byId('remote-audio', HTMLAudioElement));
  applyMonitor();
  const { sampleRate } = engine.context;
  call = new Call({
    engine,
    form,
    pipeline: pipelines.selected,
    onInput: (samples) => scope.pushInput(samples, sampleRate),
    onOutput: (samples) => {
      scope.pushOutput(samples, sampleRate);
      save.disabled = false;
    },
    onPhase: (phase) => connection.show(phase),
    onEvent: (event) => {
      scope.addEvent(event, performance.now());
      events.add(event);
    },
    onSourceReady: (source) => {
      applied.hidden = !(source instanceof MicrophoneSource);
      if (source instanceof MicrophoneSource) applied.textContent = source.describe();
      void form.listDevices();
    },
    onFileEnded: () => {
      replay.hidden = false;
    },
    onEnd: ended,
  });
  save.disabled = true;
  statisticsTimer = setInterval(showStatistics, STATISTICS_INTERVAL_MS);
  void call.start();
}

function ended(error: GatewayError | null): void {
  call = undefined;
  clearInterval(statisticsTimer);
  scope.stop();
  replay.hidden = true;
  applied.hidden = true;
  if (error && error.code !== 'cancelled') {
    // Without a source nothing was sent to the gateway: that is no failure of the connection.
    if (isSourceError(error)) connection.show('closed');
    else connection.showFailure();
    banner.show(error);
  } else {
    connection.show('closed');
  }
}

const isSourceError = ({ code }: GatewayError): boolean => /^(microphone|file|insecure)_/.test(code);

async function showStatistics(): Promise<void> {
  const asked = call;
  if (asked?.client.phase !== 'connected') return;
  const [statistics, metrics] = await Promise.all([
    asked.client.stats().catch(() => undefined),
    isMeasured ? asked.client.metrics() : null,
  ]);
  if (call !== asked) return;
  // Where it was switched off, there is no use in asking again.
  isMeasured = metrics !== null;
  if (statistics) tiles.show(statistics, engine?.measureDelayMs() ?? null);
  graph.show(metrics);
}

/** A pipeline may give events alone: then there is nothing to hear, to see or to save. */
function showOutput(givesAudio: boolean): void {
  byId('output-view', HTMLElement).hidden = !givesAudio;
  byId('output-level', HTMLElement).hidden = !givesAudio;
  byId('output-empty', HTMLElement).hidden = givesAudio;
}

function applyMonitor(): void {
  byId('volume-value', HTMLOutputElement).textContent = `${volume.value} %`;
  engine?.setVolume(Number(volume.value) / 100);
  engine?.listenTo(checkedValue('listen') as Listening);
}

function saveRecording(): void {
  if (!engine) return;
  const url = URL.createObjectURL(new Blob([engine.recorder.toWav()], { type: 'audio/wav' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `remotemedia-${pipelines.selected?.name ?? 'output'}.wav`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

byId('setup', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  if (call) call.end();
  else connect();
});
volume.addEventListener('input', applyMonitor);
for (const radio of document.querySelectorAll('input[name="listen"]')) {
  radio.addEventListener('change', applyMonitor);
}
save.addEventListener('click', saveRecording);
replay.addEventListener('click', () => {
  replay.hidden = true;
  call?.replay();
});
form.onLoopChange = (loop) => call?.setLoop(loop);
form.onKindChange = (kind) => {
  // What was wrong with one source says nothing about the other.
  banner.hide();
  byId('headphones', HTMLElement).hidden = kind === 'file';
  volume.value = String(kind === 'file' ? VOLUME_FILE : VOLUME_MICROPHONE);
  applyMonitor();
};
addEventListener('pagehide', () => call?.end());

connection.show('idle');
form.onKindChange(form.kind);
void form.listDevices();
if (!isSecureContext) banner.show(new GatewayError('insecure_context'));
api
  .pipelines()
  .then((list) => pipelines.fill(list))
  .catch((error) => banner.show(error));
api
  .version()
  .then(({ version, runtime, runtime_reason }) => {
    const badge = byId('runtime', HTMLElement);
    badge.textContent = `${runtime} runtime · v${version}`;
    badge.dataset['runtime'] = runtime;
    badge.title = runtime_reason;
    badge.hidden = false;
  })
  // The missing pipeline list says it already.
  .catch(() => undefined);
