/**
 * Writes the answer: the offer's lines in their order and with their mids, all of our candidates (WHIP clients expect no trickle from the
 * server, RFC 9725 4.3.2), one transport.
 */
import { isIPv6 } from 'node:net';
import { MAX_MESSAGE_BYTES, SCTP_PORT } from '../werift/guarded-sctp.js';
import type { LocalCandidate } from '../werift/peer-types.js';
import { writeCandidate } from './candidate.js';
import type { Offer } from './offer.js';
import type { AnswerPlan, AnswerSection } from './plan.js';

export interface AnswerParameters {
  /** `o=` session id: decimal, below 2^63. */
  readonly originId: string;
  readonly ufrag: string;
  readonly password: string;
  readonly fingerprint: { readonly algorithm: string; readonly value: string };
  readonly candidates: readonly LocalCandidate[];
  readonly sendSsrc: number;
  readonly cname: string;
}

export function writeAnswer(offer: Offer, plan: AnswerPlan, parameters: AnswerParameters): string {
  const lines = [
    'v=0',
    `o=- ${parameters.originId} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...(plan.bundle.length > 0 ? [`a=group:BUNDLE ${plan.bundle.join(' ')}`] : []),
    ...(offer.session.extmapAllowMixed ? ['a=extmap-allow-mixed'] : []),
    'a=msid-semantic: WMS *',
    ...plan.sections.flatMap((section) =>
      section.accepted ? acceptedSection(section, plan, parameters) : rejectedSection(section),
    ),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function rejectedSection({ offered }: AnswerSection): string[] {
  return [
    `m=${offered.kind} 0 ${offered.protocol} ${offered.formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    ...(offered.mid === '' ? [] : [`a=mid:${offered.mid}`]),
    'a=inactive',
  ];
}

function acceptedSection(section: AnswerSection, plan: AnswerPlan, parameters: AnswerParameters): string[] {
  const { offered } = section;
  const [first] = parameters.candidates;
  const address = first?.address ?? '0.0.0.0';
  const payloads = [section.opusPayloadType, section.redPayloadType].filter((one) => one !== undefined);
  const formats = offered.kind === 'audio' ? payloads : offered.formats;
  return [
    `m=${offered.kind} ${first?.port ?? 9} ${offered.protocol} ${formats.join(' ')}`,
    `c=IN ${isIPv6(address) ? 'IP6' : 'IP4'} ${address}`,
    ...(offered === plan.transportSection
      ? [...parameters.candidates.map((candidate) => `a=${writeCandidate(candidate)}`), 'a=end-of-candidates']
      : []),
    `a=ice-ufrag:${parameters.ufrag}`,
    `a=ice-pwd:${parameters.password}`,
    'a=ice-options:trickle ice2',
    `a=fingerprint:${parameters.fingerprint.algorithm} ${parameters.fingerprint.value}`,
    `a=setup:${plan.remote.role === 'server' ? 'passive' : 'active'}`,
    ...(offered.mid === '' ? [] : [`a=mid:${offered.mid}`]),
    ...(offered.kind === 'audio' ? audioLines(section, parameters) : dataLines()),
  ];
}

function audioLines(section: AnswerSection, { sendSsrc, cname }: AnswerParameters): string[] {
  const { opusPayloadType: opus, redPayloadType: red, direction } = section;
  const sends = direction === 'sendrecv' || direction === 'sendonly';
  return [
    `a=${direction}`,
    ...(sends ? ['a=msid:remotemedia processed'] : []),
    'a=rtcp-mux',
    `a=rtpmap:${opus} opus/48000/2`,
    `a=fmtp:${opus} minptime=10;useinbandfec=1`,
    // After Opus: a client that prefers RED may send it; none is asked to.
    ...(red === undefined ? [] : [`a=rtpmap:${red} red/48000/2`, `a=fmtp:${red} ${opus}/${opus}`]),
    ...(sends ? [`a=ssrc:${sendSsrc} cname:${cname}`, `a=ssrc:${sendSsrc} msid:remotemedia processed`] : []),
  ];
}

function dataLines(): string[] {
  return [`a=sctp-port:${SCTP_PORT}`, `a=max-message-size:${MAX_MESSAGE_BYTES}`];
}
