/**
 * Reads an SDP offer (RFC 8866, RFC 9429) into what the gateway needs of it. All complaints are collected; nothing here decides
 * what is answered. The text is hostile: sizes are bounded and no pattern backtracks.
 */
import { type Complaint, GatewayError } from '../errors.js';
import { type ParsedCandidate, parseCandidate } from './candidate.js';

/** Browsers' offers with several lines of audio and video are below 20 kB. */
export const MAX_SDP_BYTES = 65_536;
const MAX_SECTIONS = 32;

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Attributes that may stand at the session or in a section. */
export interface TransportAttributes {
  ufrag?: string;
  password?: string;
  setup?: string;
  fingerprints: { algorithm: string; value: string }[];
}

export interface RtpMap {
  readonly payloadType: number;
  /** Lower case. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
}

export interface OfferSection extends TransportAttributes {
  readonly index: number;
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  mid: string;
  direction: Direction;
  bundleOnly: boolean;
  rtcpMux: boolean;
  sctpPort?: number;
  maxMessageBytes?: number;
  readonly rtpMaps: RtpMap[];
  readonly formatParameters: Map<number, string>;
  readonly candidates: ParsedCandidate[];
}

export interface Offer {
  readonly session: TransportAttributes & { iceLite: boolean; extmapAllowMixed: boolean };
  /** Mids of the first BUNDLE group, in its order; empty where there is none. */
  readonly bundle: readonly string[];
  readonly sections: readonly OfferSection[];
}

/** @throws GatewayError `sdp_too_large`, `malformed_sdp` with all complaints. */
export function parseOffer(text: string): Offer {
  if (typeof text !== 'string' || text.length === 0)
    throw malformed([complaint(1, 'empty', 'no SDP', 'send an offer')]);
  if (Buffer.byteLength(text) > MAX_SDP_BYTES) {
    throw new GatewayError('sdp_too_large', `the offer is larger than ${MAX_SDP_BYTES} bytes`);
  }
  const parser = new Parser();
  for (const [index, line] of text.split('\n').entries()) {
    parser.line(index + 1, line.endsWith('\r') ? line.slice(0, -1) : line);
  }
  return parser.finish();
}

class Parser {
  readonly #complaints: Complaint[] = [];
  readonly #session: Offer['session'] = { fingerprints: [], iceLite: false, extmapAllowMixed: false };
  readonly #sections: OfferSection[] = [];
  #bundle: string[] = [];
  #sessionDirection: Direction = 'sendrecv';

  line(number: number, line: string): void {
    if (line === '') return;
    if (line[1] !== '=' || line[0]! < 'a' || line[0]! > 'z') {
      this.#complain(
        number,
        'not_a_line',
        `"${line.slice(0, 40)}" is not of the form x=...`,
        'send SDP text',
      );
      return;
    }
    const value = line.slice(2);
    if (number === 1 && line !== 'v=0') {
      this.#complain(number, 'version', 'the first line is not v=0', 'send SDP text');
    }
    if (line[0] === 'm') this.#media(number, value);
    else if (line[0] === 'a') this.#attribute(number, value);
  }

  finish(): Offer {
    if (this.#sections.length === 0)
      this.#complain(1, 'no_media', 'there is no m= line', 'offer an audio line');
    const mids = new Set<string>();
    for (const section of this.#sections) {
      if (section.mid !== '' && mids.has(section.mid)) {
        this.#complain(1, 'duplicate_mid', `the mid "${section.mid}" occurs twice`, 'mids must be unique');
      }
      mids.add(section.mid);
    }
    if (this.#complaints.length > 0) throw malformed(this.#complaints);
    return { session: this.#session, bundle: this.#bundle, sections: this.#sections };
  }

  #media(number: number, value: string): void {
    const [kind, portText, protocol, ...formats] = value.split(' ').filter((part) => part !== '');
    const port = Number(portText?.split('/')[0]);
    if (!kind || !protocol || formats.length === 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
      this.#complain(
        number,
        'media_line',
        `"m=${value.slice(0, 60)}" is not a media line`,
        'kind port protocol formats',
      );
      return;
    }
    if (this.#sections.length >= MAX_SECTIONS) {
      this.#complain(number, 'too_many_sections', `more than ${MAX_SECTIONS} media lines`, 'offer fewer');
      return;
    }
    this.#sections.push({
      index: this.#sections.length,
      kind,
      port,
      protocol,
      formats,
      mid: '',
      direction: this.#sessionDirection,
      bundleOnly: false,
      rtcpMux: false,
      fingerprints: [],
      rtpMaps: [],
      formatParameters: new Map(),
      candidates: [],
    });
  }

  #attribute(number: number, text: string): void {
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).trim();
    const section = this.#sections.at(-1);
    if (this.#transport(section ?? this.#session, name, value)) return;
    if (section) this.#sectionAttribute(number, section, name, value);
    else this.#sessionAttribute(name, value);
  }

  #transport(target: TransportAttributes, name: string, value: string): boolean {
    if (name === 'ice-ufrag') target.ufrag = value;
    else if (name === 'ice-pwd') target.password = value;
    else if (name === 'setup') target.setup = value;
    else if (name === 'fingerprint') {
      const [algorithm = '', fingerprint = ''] = value.split(' ');
      target.fingerprints.push({ algorithm: algorithm.toLowerCase(), value: fingerprint });
    } else return false;
    return true;
  }

  #sessionAttribute(name: string, value: string): void {
    if (name === 'group' && value.startsWith('BUNDLE') && this.#bundle.length === 0) {
      this.#bundle = value
        .split(' ')
        .slice(1)
        .filter((mid) => mid !== '');
    } else if (name === 'ice-lite') this.#session.iceLite = true;
    else if (name === 'extmap-allow-mixed') this.#session.extmapAllowMixed = true;
    else if (isDirection(name)) this.#sessionDirection = name;
  }

  #sectionAttribute(number: number, section: OfferSection, name: string, value: string): void {
    if (name === 'mid') section.mid = value.slice(0, 64);
    else if (isDirection(name)) section.direction = name;
    else if (name === 'rtcp-mux' || name === 'rtcp-mux-only') section.rtcpMux = true;
    else if (name === 'bundle-only') section.bundleOnly = true;
    else if (name === 'sctp-port') section.sctpPort = this.#integer(number, name, value, 65_535);
    else if (name === 'max-message-size')
      section.maxMessageBytes = this.#integer(number, name, value, 2 ** 53);
    else if (name === 'rtpmap') this.#rtpMap(number, section, value);
    else if (name === 'fmtp') {
      const [payloadType, ...parameters] = value.split(' ');
      section.formatParameters.set(Number(payloadType), parameters.join(' '));
    } else if (name === 'candidate') {
      const candidate = parseCandidate(value);
      if (candidate === 'malformed') {
        this.#complain(number, 'candidate', `"${value.slice(0, 60)}" is not a candidate`, 'RFC 8839 5.1');
      } else section.candidates.push(candidate);
    }
  }

  #rtpMap(number: number, section: OfferSection, value: string): void {
    const [payloadText, encoding = ''] = value.split(' ');
    const [name = '', rate, channels = '1'] = encoding.split('/');
    const payloadType = Number(payloadText);
    if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127 || !(Number(rate) > 0)) {
      this.#complain(
        number,
        'rtpmap',
        `"${value.slice(0, 60)}" is not an rtpmap`,
        'payload name/rate/channels',
      );
      return;
    }
    section.rtpMaps.push({
      payloadType,
      name: name.toLowerCase(),
      clockRate: Number(rate),
      channels: Number(channels) || 1,
    });
  }

  #integer(number: number, name: string, text: string, max: number): number {
    const value = Number(text);
    if (/^\d{1,16}$/.test(text) && value <= max) return value;
    this.#complain(
      number,
      'number',
      `${name} "${text.slice(0, 20)}" is not a number up to ${max}`,
      'a whole number',
    );
    return 0;
  }

  #complain(line: number, code: string, message: string, hint: string): void {
    // A hostile text could make one of each line.
    if (this.#complaints.length < 20) this.#complaints.push(complaint(line, code, message, hint));
  }
}

function complaint(line: number, code: string, message: string, hint: string): Complaint {
  return { path: `line ${line}`, code, message, hint };
}

function malformed(complaints: Complaint[]): GatewayError {
  const first = complaints[0]!;
  return new GatewayError('malformed_sdp', `${first.path}: ${first.message}`, {
    complaints,
    hint: first.hint,
  });
}

function isDirection(name: string): name is Direction {
  return name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive';
}
