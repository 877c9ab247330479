/** Writes mono 16-bit PCM WAV. */
const HEADER_BYTES = 44;

export function encodeWav(chunks: readonly Float32Array[], sampleRate: number): Uint8Array<ArrayBuffer> {
  const frames = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + frames * 2);
  const view = new DataView(bytes.buffer);
  const ascii = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };
  ascii(0, 'RIFF');
  view.setUint32(4, 36 + frames * 2, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, frames * 2, true);
  let offset = HEADER_BYTES;
  for (const chunk of chunks) {
    for (const sample of chunk) {
      view.setInt16(offset, Math.round(Math.min(1, Math.max(-1, sample)) * 32767), true);
      offset += 2;
    }
  }
  return bytes;
}
