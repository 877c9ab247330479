/** Offers for tests, as browsers write them: sections by name, each line replaceable. */

export interface SectionOptions {
  readonly direction?: string;
  readonly mid?: string;
  /** Lines to leave out, by their start. */
  readonly without?: readonly string[];
  /** Lines to add. */
  readonly extra?: readonly string[];
}

const FINGERPRINT = `sha-256 ${Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase()).join(':')}`;

function transport(): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=ice-ufrag:Ab3/',
    'a=ice-pwd:0123456789abcdefghijklmn',
    'a=ice-options:trickle',
    `a=fingerprint:${FINGERPRINT}`,
    'a=setup:actpass',
  ];
}

export function audioSection(options: SectionOptions = {}): string[] {
  return section(options, 'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8', 'sendrecv', [
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=rtcp-fb:111 transport-cc',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=fmtp:63 111/111',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
  ]);
}

export function videoSection(options: SectionOptions = {}): string[] {
  return section(options, 'm=video 9 UDP/TLS/RTP/SAVPF 96 97', 'sendrecv', [
    'a=rtcp-mux',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
  ]);
}

export function dataSection(options: SectionOptions = {}): string[] {
  return section(options, 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', '', [
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ]);
}

function section(
  { direction, mid, without = [], extra = [] }: SectionOptions,
  media: string,
  usual: string,
  rest: string[],
) {
  const way = direction ?? usual;
  const lines = [
    media,
    ...transport(),
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    ...(way ? [`a=${way}`] : []),
    ...rest,
    ...extra,
  ];
  return lines.filter((line) => !without.some((start) => line.startsWith(start)));
}

/** @param bundle mids; null for an offer without BUNDLE. */
export function offerOf(sections: readonly string[][], bundle: readonly string[] | null): string {
  const group = bundle === null ? [] : [`a=group:BUNDLE ${bundle.join(' ')}`];
  const lines = [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...group,
    'a=extmap-allow-mixed',
    ...sections.flat(),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A browser's offer with one microphone and a data channel. */
export function microphoneOffer(): string {
  return offerOf([audioSection({ mid: '0' }), dataSection({ mid: '1' })], ['0', '1']);
}
