/**
 * One client's ICE, DTLS and data channels by werift, over the media plane's port. Made by a session; knows nothing of SDP text, RTP or
 * pipelines. werift's RTCPeerConnection is left out: its ICE, DTLS and SCTP transports are used directly, so RTP never enters JavaScript
 * and no codec, receiver or report timer of werift exists.
 */
import {
  Candidate,
  CandidatePairState,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceTransport,
} from 'werift';
import { GuardedSctp } from './guarded-sctp.js';
import { iceString } from './ice-string.js';
import { Inbound, MAX_REMOTE_ADDRESSES } from './inbound.js';
import { type DtlsInternals, type IceAgent, installedWeriftVersion, WERIFT_VERSION } from './internals.js';
import type {
  LocalCandidate,
  PeerPhase,
  PeerTransportOptions,
  RemoteCandidate,
  RemoteParameters,
  SelectedPair,
  SrtpKeys,
} from './peer-types.js';
import { verifyPossession } from './possession.js';
import { keepRecordNumbersUnique } from './record-numbers.js';
import { type Address, hostProtocol, type VirtualUdpTransport } from './virtual-udp.js';

/** SRTP_AEAD_AES_128_GCM before SRTP_AES128_CM_HMAC_SHA1_80 (RFC 7714, RFC 5764). */
const SRTP_PROFILES = [0x0007, 0x0001] as const;
/** After connecting, nominations are taken as choices only from here on. */
const SETTLING_MS = 2000;

export class PeerTransport {
  readonly ufrag = iceString(12);
  readonly password = iceString(24);
  readonly localCandidates: readonly LocalCandidate[];
  readonly sctp: GuardedSctp;
  readonly #options: PeerTransportOptions;
  readonly #agent: IceAgent;
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  readonly #inbound: Inbound;
  #phase: PeerPhase = 'new';
  #connectedAt = 0;
  #sctpPort: number | undefined;

  /** Of the certificate of this process, made once. Await it before `setRemote`. */
  static async fingerprint(): Promise<{ algorithm: string; value: string }> {
    const certificate = await RTCDtlsTransport.SetupCertificate();
    const [first] = certificate.getFingerprints();
    return { algorithm: first!.algorithm, value: first!.value };
  }

  constructor(options: PeerTransportOptions) {
    checkVersion();
    this.#options = options;
    const gatherer = new RTCIceGatherer({ iceLite: false });
    const agent = gatherer.connection as IceAgent;
    // werift asks a public STUN server unless told not to, also for an empty list.
    delete agent.stunServer;
    // Its own names have 16 bits and its passwords 88: too few for one port, and below RFC 8445 5.3.
    agent.localUsername = this.ufrag;
    agent.localPassword = this.password;
    agent.userHistory = { [this.ufrag]: this.password };
    agent.localCandidatesStart = true;
    this.#ice = new RTCIceTransport(gatherer);
    const protocols = options.addresses.map((address, rank) =>
      hostProtocol(address, options.port, this.ufrag, rank, options.send),
    );
    for (const protocol of protocols) {
      agent.ensureProtocol(protocol);
      agent.protocols.push(protocol);
      agent.appendLocalCandidate(protocol.localCandidate!);
    }
    agent.localCandidatesEnd = true;
    this.#agent = agent;
    const transports = protocols.map(({ transport }) => transport as unknown as VirtualUdpTransport);
    this.#inbound = new Inbound(agent, this.password, options.addresses, transports, options.onRefused);
    this.localCandidates = protocols.map(({ localCandidate }) => ({
      foundation: localCandidate!.foundation,
      priority: localCandidate!.priority,
      address: localCandidate!.host,
      port: localCandidate!.port,
    }));
    this.#dtls = new RTCDtlsTransport({}, this.#ice, undefined, [...SRTP_PROFILES]);
    this.sctp = new GuardedSctp(this.#dtls);
    // Browsers abort the association when they close the connection; ICE would notice half a minute later.
    this.sctp.onClosed(() => {
      if (this.#phase === 'connected') options.onLost('client_closed');
    });
    this.#ice.onStateChange.subscribe((state) => {
      if (state === 'failed' && this.#phase === 'connected') options.onLost('consent_expired');
    });
    this.#dtls.onStateChange.subscribe((state) => {
      if (state === 'closed' && this.#phase === 'connected') options.onLost('client_closed');
    });
  }

  /** STUN and DTLS from the client that was thrown away, by reason. */
  get refused(): Readonly<Record<string, number>> {
    return this.#inbound.refused;
  }

  get phase(): PeerPhase {
    return this.#phase;
  }

  setRemote(remote: RemoteParameters): void {
    this.#ice.setRemoteParams({
      usernameFragment: remote.ufrag,
      password: remote.password,
      iceLite: remote.iceLite,
    });
    // We answer, so the client controls, unless it is a lite agent (RFC 8445 6.1.1).
    this.#agent.iceControlling = remote.iceLite;
    const fingerprints = remote.fingerprints.map(
      ({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value),
    );
    this.#dtls.setRemoteParams(
      new RTCDtlsParameters(fingerprints, remote.role === 'server' ? 'client' : 'server'),
    );
    this.#dtls.role = remote.role;
    // Made meanwhile, see `fingerprint`.
    this.#dtls.localCertificate = RTCDtlsTransport.localCertificate;
    if (remote.sctp) {
      this.#sctpPort = remote.sctp.port;
      this.sctp.setRemote(remote.sctp.port, remote.sctp.maxMessageBytes);
    }
  }

  /** The end of candidates is never told to werift: RFC 8863 has us wait for the client's own checks. */
  addRemoteCandidate(candidate: RemoteCandidate): void {
    if (this.#phase === 'closed' || this.#agent.remoteCandidates.length >= MAX_REMOTE_ADDRESSES) return;
    void this.#agent.addRemoteCandidate(
      new Candidate(
        candidate.foundation,
        1,
        'udp',
        candidate.priority,
        candidate.address,
        candidate.port,
        candidate.type,
      ),
    );
  }

  get remoteAddressesTried(): string[] {
    return this.#agent.remoteCandidates.map(({ host, port, type }) => `${host}:${port} (${type})`);
  }

  /** Resolves when media keys exist; rejects when ICE or DTLS fails, with `phase` telling which. */
  async connect(): Promise<void> {
    this.#phase = 'ice';
    await this.#ice.start();
    if (this.#closed()) throw new Error('closed');
    this.#phase = 'dtls';
    const started = this.#dtls.start();
    // The socket exists from here on, and has sent nothing yet.
    const socket = this.#dtls.dtls as unknown as DtlsInternals;
    keepRecordNumbersUnique(socket);
    this.#inbound.startDtls(socket);
    await started;
    if (this.#closed()) throw new Error('closed');
    verifyPossession(socket);
    this.#phase = 'connected';
    this.#connectedAt = performance.now();
    if (this.#sctpPort !== undefined) await this.sctp.start(this.#sctpPort);
  }

  /** The DTLS-exported master keys. After `connect`. */
  get keys(): SrtpKeys {
    const { keys, profile } = this.#dtls.srtp.config;
    return {
      profile,
      localKey: keys.localMasterKey,
      localSalt: keys.localMasterSalt,
      remoteKey: keys.remoteMasterKey,
      remoteSalt: keys.remoteMasterSalt,
    };
  }

  /** The pair in use, after `connect`. */
  get selectedPair(): SelectedPair {
    const pair = this.#agent.nominated;
    if (!pair) throw new Error('no pair is nominated');
    const host = pair.localCandidate.host;
    return {
      remoteAddress: pair.remoteCandidate.host,
      remotePort: pair.remoteCandidate.port,
      localAddress: this.#options.addresses.find(({ announced }) => announced === host)?.local,
    };
  }

  /** A STUN or DTLS datagram from the plane. Hostile input: never throws. */
  receive(data: Buffer, address: string, port: number, localAddress: string): void {
    const nominating = this.#inbound.receive(data, [address, port], localAddress, this.#phase);
    if (nominating) this.#followNomination(nominating, [address, port]);
  }

  /** Releases every timer and listener of werift. Idempotent. */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    await this.sctp.stop();
    // A handshake in progress goes on retransmitting, by timers that cannot be cancelled, until its flight is over.
    const socket = this.#dtls.dtls as unknown as DtlsInternals | undefined;
    if (socket) socket.dtls.flight = Number.MAX_SAFE_INTEGER;
    this.#dtls.onStateChange.allUnsubscribe();
    await this.#dtls.stop();
    this.#agent.onData.allUnsubscribe();
    this.#agent.checkList = [];
    this.#inbound.close();
  }

  /**
   * werift keeps the first nominated pair for good; a client may nominate another, as libwebrtc does on a change of network. Clients that
   * nominate every pair they check (RFC 5245's aggressive way) are done by the time that we listen.
   */
  #followNomination(transport: VirtualUdpTransport, [host, port]: Address): void {
    if (this.#phase !== 'connected' || performance.now() < this.#connectedAt + SETTLING_MS) return;
    const agent = this.#agent;
    const pair = agent.checkList.find(
      ({ protocol, remoteCandidate, nominated, state }) =>
        nominated &&
        state === CandidatePairState.SUCCEEDED &&
        protocol.localCandidate?.host === transport.host &&
        remoteCandidate.host === host &&
        remoteCandidate.port === port,
    );
    if (!pair || pair === agent.nominated) return;
    agent.nominated = pair;
    agent.queryConsent();
    this.#options.onPairChanged(this.selectedPair);
  }

  #closed(): boolean {
    return this.#phase === 'closed';
  }
}

let versionChecked = false;

function checkVersion(): void {
  if (versionChecked) return;
  const installed = installedWeriftVersion();
  if (installed !== WERIFT_VERSION) {
    throw new Error(`werift ${WERIFT_VERSION} is needed, ${installed} is installed: see gateway/src/werift`);
  }
  versionChecked = true;
}
