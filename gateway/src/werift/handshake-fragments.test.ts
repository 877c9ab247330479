import { describe, expect, it } from 'vitest';
import { keepFragmentsComplete } from './handshake-fragments.js';
import type { DtlsInternals, HandshakeMessage } from './internals.js';

/** What is handed on after each fragment, given as `sequence:offset+bytes/length`. */
function handedOn(...fragments: string[]): string[][] {
  const socket = {} as DtlsInternals;
  keepFragmentsComplete(socket);
  return fragments.map((text) => {
    const [message_seq, fragment_offset, fragment_length, length] = text.split(/[:+/]/).map(Number);
    const fragment = { message_seq, fragment_offset, fragment_length, length } as HandshakeMessage;
    return socket
      .handleFragmentHandshake([fragment])
      .map((one) => `${one.message_seq}:${one.fragment_offset}+${one.fragment_length}/${one.length}`);
  });
}

describe('a handshake message', () => {
  it('that is whole is handed on at once', () => {
    expect(handedOn('0:0+9/9', '1:0+0/0')).toEqual([['0:0+9/9'], ['1:0+0/0']]);
  });

  it('is handed on when its last gap is filled, in whichever order', () => {
    expect(handedOn('0:6+3/9', '0:0+3/9', '0:3+3/9')).toEqual([[], [], ['0:0+3/9', '0:3+3/9', '0:6+3/9']]);
  });

  it('takes nothing of another message', () => {
    expect(handedOn('0:0+5/9', '1:5+6/11', '1:0+5/11')).toEqual([[], [], ['1:0+5/11', '1:5+6/11']]);
  });

  it('in ever more fragments that never fill it is forgotten', () => {
    const endless = Array<string>(32).fill('0:0+5/9');
    expect(handedOn(...endless, '0:0+1/9', '0:5+4/9').flat()).toEqual([]);
  });
});
