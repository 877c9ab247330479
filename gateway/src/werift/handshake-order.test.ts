import { describe, expect, it } from 'vitest';
import { keepHandshakeInOrder } from './handshake-order.js';
import type { DtlsInternals, HandshakeMessage } from './internals.js';

/** What reaches werift of messages, each `type:sequence`; and what was refused. */
function taken(...messages: string[]): { taken: string[]; refused: string[] } {
  const taken: string[] = [];
  const refused: string[] = [];
  const socket = {
    onHandleHandshakes: async (some: HandshakeMessage[]) => {
      taken.push(...some.map(({ msg_type, message_seq }) => `${msg_type}:${message_seq}`));
    },
  } as DtlsInternals;
  keepHandshakeInOrder(socket, (reason) => refused.push(reason));
  for (const message of messages) {
    const [msg_type, message_seq] = message.split(':').map(Number);
    void socket.onHandleHandshakes([{ msg_type, message_seq } as HandshakeMessage]);
  }
  return { taken, refused };
}

const HELLOS = ['1:0', '1:1'];
const LAST_FLIGHT = ['11:2', '16:3', '15:4', '20:5'];

describe('a DTLS handshake', () => {
  it('in order is left alone', () => {
    const messages = [...HELLOS, ...LAST_FLIGHT];
    expect(taken(...messages)).toEqual({ taken: messages, refused: [] });
  });

  it('whose flight comes twice takes each message once, and asks for the answer again', () => {
    expect(taken(...HELLOS, ...LAST_FLIGHT, ...LAST_FLIGHT)).toEqual({
      taken: [...HELLOS, ...LAST_FLIGHT, '20:5'],
      refused: ['dtls_repeated', 'dtls_repeated', 'dtls_repeated'],
    });
  });

  it('with a gap waits for what is missing', () => {
    expect(taken(...HELLOS, '16:3', '20:5', '11:2', '16:3')).toEqual({
      taken: [...HELLOS, '11:2', '16:3'],
      refused: ['dtls_out_of_order', 'dtls_out_of_order'],
    });
  });

  it('is not begun anew by a first hello that comes late', () => {
    expect(taken(...HELLOS, '1:0')).toEqual({ taken: HELLOS, refused: ['dtls_repeated'] });
  });

  it('whose last flight is replayed for ever is answered 16 times', () => {
    const replayed = Array<string>(100).fill('20:5');
    const { taken: all, refused } = taken(...HELLOS, ...LAST_FLIGHT, ...replayed);
    expect(all).toHaveLength(HELLOS.length + LAST_FLIGHT.length + 16);
    expect(refused).toHaveLength(84);
  });
});
