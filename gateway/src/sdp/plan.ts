/**
 * Decides what of an offer is answered: which audio line we hear, which one carries our track, whether there is a data channel, and
 * whose ICE and DTLS parameters hold. Refuses, with all complaints, what cannot become a session.
 */
import { type Complaint, GatewayError } from '../errors.js';
import type { RemoteParameters } from '../werift/peer-types.js';
import type { Direction, Offer, OfferSection, TransportAttributes } from './offer.js';

export interface AnswerSection {
  readonly offered: OfferSection;
  readonly accepted: boolean;
  readonly direction: Direction;
  readonly opusPayloadType?: number;
  readonly redPayloadType?: number;
}

export interface AnswerPlan {
  /** One for each line of the offer, in its order. */
  readonly sections: readonly AnswerSection[];
  /** Mids of the answer's BUNDLE group; the first one's section carries the candidates. Empty without BUNDLE. */
  readonly bundle: readonly string[];
  readonly transportSection: OfferSection;
  readonly remote: RemoteParameters;
  readonly receivePayloadType: number;
  readonly redPayloadType: number | undefined;
  /** Undefined: the client takes no audio. */
  readonly sendPayloadType: number | undefined;
  readonly dataChannel: boolean;
}

const AUDIO_PROTOCOLS = new Set([
  'UDP/TLS/RTP/SAVPF',
  'UDP/TLS/RTP/SAVP',
  'RTP/SAVPF',
  'RTP/SAVP',
  'TCP/DTLS/RTP/SAVPF',
]);
const SCTP_PROTOCOLS = new Set(['UDP/DTLS/SCTP', 'TCP/DTLS/SCTP']);
/** RFC 8841 5: a peer that names no size takes 64 KiB. */
const DEFAULT_MAX_MESSAGE_BYTES = 65_536;

/**
 * @param canSend whether the pipeline gives audio.
 * @throws GatewayError `no_audio`, `unsupported_codecs`, `unsupported_transport`.
 */
export function planAnswer(offer: Offer, canSend: boolean): AnswerPlan {
  const audio = offer.sections.filter(isLiveAudio);
  const heard = audio.filter(({ direction }) => direction === 'sendrecv' || direction === 'sendonly');
  if (heard.length === 0) {
    throw new GatewayError('no_audio', 'no audio line of the offer sends', {
      hint: 'offer an audio line with direction sendrecv or sendonly',
    });
  }
  const receive = heard.find((section) => opus(section) !== undefined);
  if (!receive) {
    throw new GatewayError('unsupported_codecs', 'no audio line of the offer has opus/48000/2', {
      hint: 'offer Opus',
    });
  }
  const isTogether = (section: OfferSection) =>
    section === receive || (bundled(offer, receive) && bundled(offer, section));
  const send = canSend ? sendSection(audio.filter(isTogether), receive) : undefined;
  const data = offer.sections.find((section) => isLiveData(section) && isTogether(section));
  const sections = offer.sections.map((section) =>
    answerSection(section, { receive, send, data }, audio, isTogether),
  );
  const accepted = sections.filter((section) => section.accepted);
  const bundle = offer.bundle.filter((mid) => accepted.some(({ offered }) => offered.mid === mid));
  const transportSection = accepted.find(({ offered }) => offered.mid === bundle[0])?.offered ?? receive;
  return {
    sections,
    bundle,
    transportSection,
    remote: remoteParameters(offer, transportSection, accepted, data),
    receivePayloadType: opus(receive)!,
    redPayloadType: red(receive),
    sendPayloadType: send && opus(send),
    dataChannel: data !== undefined,
  };
}

interface Roles {
  readonly receive: OfferSection;
  readonly send: OfferSection | undefined;
  readonly data: OfferSection | undefined;
}

/** The line that we hear, if it goes both ways; or else the first that only listens (an offer of two one-way lines). */
function sendSection(audio: readonly OfferSection[], receive: OfferSection): OfferSection | undefined {
  if (receive.direction === 'sendrecv') return receive;
  return audio.find((section) => section.direction === 'recvonly' && opus(section) !== undefined);
}

function answerSection(
  offered: OfferSection,
  { receive, send, data }: Roles,
  audio: readonly OfferSection[],
  isTogether: (section: OfferSection) => boolean,
): AnswerSection {
  if (offered === data) return { offered, accepted: true, direction: 'sendrecv' };
  const opusPayloadType = opus(offered);
  if (!audio.includes(offered) || opusPayloadType === undefined || !isTogether(offered)) {
    return { offered, accepted: false, direction: 'inactive' };
  }
  const hears = offered === receive;
  const sends = offered === send;
  const direction = hears ? (sends ? 'sendrecv' : 'recvonly') : sends ? 'sendonly' : 'inactive';
  const redPayloadType = hears ? red(offered) : undefined;
  return {
    offered,
    accepted: true,
    direction,
    opusPayloadType,
    ...(redPayloadType === undefined ? {} : { redPayloadType }),
  };
}

function remoteParameters(
  offer: Offer,
  section: OfferSection,
  accepted: readonly AnswerSection[],
  data: OfferSection | undefined,
): RemoteParameters {
  const complaints: Complaint[] = [];
  const at = `m-line ${section.index}`;
  const complain = (path: string, code: string, message: string, hint: string) =>
    complaints.push({ path, code, message, hint });
  const find = <Key extends keyof TransportAttributes>(key: Key) => section[key] ?? offer.session[key];
  const ufrag = find('ufrag') ?? '';
  const password = find('password') ?? '';
  const setup = find('setup') ?? '';
  const fingerprints = section.fingerprints.length > 0 ? section.fingerprints : offer.session.fingerprints;
  if (!isIceString(ufrag, 4)) complain(at, 'ice_ufrag', 'no valid a=ice-ufrag', 'RFC 8839 5.4');
  if (!isIceString(password, 22)) complain(at, 'ice_pwd', 'no valid a=ice-pwd', 'RFC 8839 5.4');
  if (!['actpass', 'active', 'passive'].includes(setup)) {
    complain(at, 'setup', `a=setup is "${setup.slice(0, 20)}"`, 'offer a=setup:actpass');
  }
  if (!fingerprints.some(isFingerprint)) {
    complain(at, 'fingerprint', 'no valid a=fingerprint with SHA-256 or better', 'RFC 8122 5');
  }
  for (const { offered } of accepted) {
    if (offered.kind === 'audio' && !offered.rtcpMux) {
      complain(`m-line ${offered.index}`, 'rtcp_mux', 'no a=rtcp-mux', 'RTP and RTCP share the one port');
    }
  }
  if (data && !data.sctpPort) complain(`m-line ${data.index}`, 'sctp_port', 'no a=sctp-port', 'RFC 8841 5');
  if (complaints.length > 0) {
    const message = complaints.map((one) => `${one.path}: ${one.message}`).join('; ');
    throw new GatewayError('unsupported_transport', message, { complaints });
  }
  return {
    ufrag,
    password,
    iceLite: offer.session.iceLite,
    fingerprints: fingerprints.filter(isFingerprint),
    // We prefer to be the server: the client's first flight then needs no pause of ours, and its signature covers the handshake.
    role: setup === 'passive' ? 'client' : 'server',
    ...(data?.sctpPort
      ? { sctp: { port: data.sctpPort, maxMessageBytes: data.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES } }
      : {}),
  };
}

/** A bundle-only line has port 0 and is alive (RFC 8843 6). */
function isLive(section: OfferSection): boolean {
  return section.port !== 0 || section.bundleOnly;
}

function isLiveAudio(section: OfferSection): boolean {
  return section.kind === 'audio' && isLive(section) && AUDIO_PROTOCOLS.has(section.protocol);
}

function isLiveData(section: OfferSection): boolean {
  return section.kind === 'application' && isLive(section) && SCTP_PROTOCOLS.has(section.protocol);
}

function bundled(offer: Offer, section: OfferSection): boolean {
  return section.mid !== '' && offer.bundle.includes(section.mid);
}

/** The payload type of Opus (RFC 7587 7: always 48000 and 2 channels). */
function opus(section: OfferSection): number | undefined {
  const listed = (payloadType: number) => section.formats.includes(String(payloadType));
  return section.rtpMaps.find(
    ({ name, clockRate, channels, payloadType }) =>
      name === 'opus' && clockRate === 48_000 && channels === 2 && listed(payloadType),
  )?.payloadType;
}

/** RED whose blocks are this line's Opus (RFC 2198 5). */
function red(section: OfferSection): number | undefined {
  const inner = opus(section);
  return section.rtpMaps.find(
    ({ name, clockRate, payloadType }) =>
      name === 'red' &&
      clockRate === 48_000 &&
      section.formats.includes(String(payloadType)) &&
      section.formatParameters.get(payloadType) === `${inner}/${inner}`,
  )?.payloadType;
}

function isIceString(text: string, minLength: number): boolean {
  return text.length >= minLength && text.length <= 256 && /^[A-Za-z0-9+/]+$/.test(text);
}

function isFingerprint({ algorithm, value }: { algorithm: string; value: string }): boolean {
  const bytes = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 }[algorithm];
  return (
    bytes !== undefined && value.length === bytes * 3 - 1 && /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$/.test(value)
  );
}
