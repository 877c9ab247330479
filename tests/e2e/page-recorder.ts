/** Records what the page plays, from its audio element, as the ears would hear it. */
import type { Page } from 'playwright-core';

/** `seconds` of the remote stream, mono at 48 kHz. */
export async function recordRemote(page: Page, seconds: number): Promise<Float32Array> {
  const base64 = await page.evaluate(async (duration) => {
    const element = document.querySelector<HTMLAudioElement>('[data-testid="remote-audio"]')!;
    const context = new AudioContext({ sampleRate: 48_000 });
    const source = context.createMediaStreamSource(element.srcObject as MediaStream);
    // The page's own tap, which its content security policy permits. The old ScriptProcessorNode would warn in the console.
    await context.audioWorklet.addModule('tap-worklet.js');
    const tap = new AudioWorkletNode(context, 'tap', { channelCount: 1, channelCountMode: 'explicit' });
    const chunks: Float32Array<ArrayBuffer>[] = [];
    let length = 0;
    await new Promise<void>((resolve) => {
      tap.port.onmessage = ({ data }: MessageEvent<{ samples: Float32Array<ArrayBuffer> }>) => {
        chunks.push(data.samples);
        length += data.samples.length;
        if (length >= duration * 48_000) resolve();
      };
      source.connect(tap).connect(context.destination);
    });
    source.disconnect();
    await context.close();
    const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
    let text = '';
    for (let i = 0; i < bytes.length; i += 0x8000)
      text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return btoa(text);
  }, seconds);
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
