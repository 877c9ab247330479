/** Whose a datagram is: sessions by the user fragment of STUN requests, then by the addresses that these came from. */

/** Addresses remembered for a session: ICE tries few, an attacker many. */
export const MAX_ADDRESSES = 32;

/**
 * An address may go over to another session when its own has not heard from it for this long: browsers reuse ports, but nobody may take a
 * living session's address by naming it in a candidate.
 */
const IDLE_US = 2_000_000;

interface Known {
  handle: number;
  seenUs: number;
}

interface Route {
  readonly ufrag: string;
  readonly addresses: Set<string>;
}

export class Routes {
  readonly #byUfrag = new Map<string, number>();
  readonly #byAddress = new Map<string, Known>();
  readonly #sessions = new Map<number, Route>();

  /** Addresses known, of all sessions. */
  get addressCount(): number {
    return this.#byAddress.size;
  }

  hasUfrag(ufrag: string): boolean {
    return this.#byUfrag.has(ufrag);
  }

  open(handle: number, ufrag: string): void {
    this.#byUfrag.set(ufrag, handle);
    this.#sessions.set(handle, { ufrag, addresses: new Set() });
  }

  /** A session is gone, and its addresses with it. */
  close(handle: number): void {
    const session = this.#sessions.get(handle);
    if (!session) return;
    this.#sessions.delete(handle);
    this.#byUfrag.delete(session.ufrag);
    for (const address of session.addresses)
      if (this.#byAddress.get(address)?.handle === handle) this.#byAddress.delete(address);
  }

  byUfrag(ufrag: string): number | undefined {
    return this.#byUfrag.get(ufrag);
  }

  byAddress(address: string, nowUs: number): number | undefined {
    const known = this.#byAddress.get(address);
    if (!known) return undefined;
    known.seenUs = nowUs;
    return known.handle;
  }

  /** The session may be at, or was asked for from, this address. Another living session keeps what is its own. */
  learn(address: string, handle: number, nowUs: number): void {
    const known = this.#byAddress.get(address);
    const isAnothers = known && known.handle !== handle && nowUs - known.seenUs < IDLE_US;
    if (!isAnothers) this.claim(address, handle, nowUs);
  }

  /** ICE has validated this address for the session. */
  claim(address: string, handle: number, nowUs: number): void {
    const addresses = this.#sessions.get(handle)?.addresses;
    if (!addresses || (addresses.size === MAX_ADDRESSES && !addresses.has(address))) return;
    addresses.add(address);
    this.#byAddress.set(address, { handle, seenUs: nowUs });
  }
}
