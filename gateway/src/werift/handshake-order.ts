/**
 * DTLS handshake messages in their order, each once (RFC 6347 4.2.2). werift takes them as they come: a ClientKeyExchange that comes again,
 * or before the Certificate, gives it other keys than the client has (the master secret is a hash over all messages, RFC 7627 4), and a
 * second HelloVerifyRequest ends the handshake. Browsers repeat a flight after 50 ms, so it takes no lossy network, only a busy process:
 * two copies are read at once, and we connect on keys that nobody shares. Used by `Inbound` alone.
 */
import type { DtlsInternals } from './internals.js';

const CLIENT_HELLO = 1;
const SERVER_HELLO_DONE = 14;
const FINISHED = 20;
/** What ends a flight of the peer that werift answers with one of its own, and answers again, with the same bytes. */
const ANSWERED: readonly number[] = [CLIENT_HELLO, SERVER_HELLO_DONE, FINISHED];
/** Answers to one flight that comes again. libwebrtc gives up after 12; a recorded flight can be replayed for ever. */
const MAX_REPEATS = 16;

/** Out of order is lost: the peer repeats it. @param refuse is told why a message was thrown away. */
export function keepHandshakeInOrder(socket: DtlsInternals, refuse: (reason: string) => void): void {
  const handle = socket.onHandleHandshakes;
  let expected = 0;
  let repeats = 0;
  socket.onHandleHandshakes = (messages) =>
    handle(
      messages.filter(({ message_seq, msg_type }) => {
        if (message_seq === expected) {
          expected++;
          repeats = 0;
          return true;
        }
        // RFC 6347 4.2.4: who repeats a flight has not got our answer. Also after the handshake, where that is our Finished.
        const asksAgain = message_seq === expected - 1 && ANSWERED.includes(msg_type);
        if (asksAgain && repeats++ < MAX_REPEATS) return true;
        refuse(message_seq < expected ? 'dtls_repeated' : 'dtls_out_of_order');
        return false;
      }),
    );
}
