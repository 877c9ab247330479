/**
 * Reads the samples that flow through a point of the Web Audio graph. An AudioWorklet where there is one; on insecure pages, where
 * browsers hide it, the deprecated ScriptProcessorNode, so that a file can still be sent from `http://` on a local network.
 */
/** `startFrame`: the context's time of the first sample, in frames, the same for every tap. */
export type SamplesListener = (samples: Float32Array, startFrame: number) => void;

const loaded = new WeakSet<AudioContext>();

export async function prepareTaps(context: AudioContext): Promise<void> {
  if (!context.audioWorklet || loaded.has(context)) return;
  await context.audioWorklet.addModule(new URL('./tap-worklet.js', import.meta.url));
  loaded.add(context);
}

/** Call `prepareTaps` first. Returns the function that removes the tap. */
export function tap(source: AudioNode, onSamples: SamplesListener): () => void {
  const context = source.context as AudioContext;
  const node = context.audioWorklet ? workletTap(context, onSamples) : scriptTap(context, onSamples);
  // A node is only run while something pulls it: a silent path to the loudspeaker.
  const silence = new GainNode(context, { gain: 0 });
  source.connect(node).connect(silence).connect(context.destination);
  return () => {
    source.disconnect(node);
    node.disconnect();
    silence.disconnect();
    if ('port' in node) {
      node.port.onmessage = null;
      node.port.postMessage('end');
    } else node.onaudioprocess = null;
  };
}

function workletTap(context: AudioContext, onSamples: SamplesListener): AudioWorkletNode {
  const node = new AudioWorkletNode(context, 'tap', {
    numberOfInputs: 1,
    numberOfOutputs: 1,
    channelCount: 1,
    channelCountMode: 'explicit',
  });
  node.port.onmessage = ({ data }: MessageEvent<{ samples: Float32Array; startFrame: number }>) =>
    onSamples(data.samples, data.startFrame);
  return node;
}

function scriptTap(context: AudioContext, onSamples: SamplesListener): ScriptProcessorNode {
  const node = context.createScriptProcessor(1024, 1, 1);
  node.onaudioprocess = ({ inputBuffer, playbackTime }) =>
    onSamples(inputBuffer.getChannelData(0).slice(), Math.round(playbackTime * context.sampleRate));
  return node;
}
