import { expect, it } from 'vitest';
import { encodeRequest } from '../../guest/message.js';
import { MessageCutter } from './message-cutter.js';

const messages = [{ is: 'done' }, { is: 'value', value: 'x'.repeat(100) }, { is: 'done' }].map((header) =>
  encodeRequest(header),
);
const stream = new Uint8Array(Buffer.concat(messages));

it('cuts the same messages however the stream is chopped', () => {
  for (let size = 1; size <= stream.length; size++) {
    const cut: Uint8Array[] = [];
    const cutter = new MessageCutter((message) => cut.push(message));
    for (let at = 0; at < stream.length; at += size) cutter.push(stream.subarray(at, at + size));
    expect(cut, `pieces of ${size} bytes`).toEqual(messages);
  }
});

it('refuses lengths that no message has', () => {
  for (const length of [0, 7, 0xffff_ffff]) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setUint32(0, length, true);
    expect(() => new MessageCutter(() => {}).push(bytes)).toThrow(`${length} bytes`);
  }
});
