import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.js';
import { audioSection, dataSection, microphoneOffer, offerOf, videoSection } from '../testing/offers.js';
import { writeAnswer } from './answer.js';
import { MAX_SDP_BYTES, parseOffer } from './offer.js';
import { planAnswer } from './plan.js';

const PARAMETERS = {
  originId: '1234',
  ufrag: 'gatewayufrag',
  password: 'gatewaypassword123456789',
  fingerprint: { algorithm: 'sha-256', value: 'AA:BB' },
  candidates: [
    { foundation: 'f1', priority: 2_130_706_431, address: '192.0.2.1', port: 8189 },
    { foundation: 'f2', priority: 2_130_706_175, address: '2001:db8::1', port: 8189 },
  ],
  sendSsrc: 77,
  cname: 'cname',
};

function answerTo(sdp: string, canSend = true) {
  const offer = parseOffer(sdp);
  const plan = planAnswer(offer, canSend);
  const text = writeAnswer(offer, plan, PARAMETERS);
  const [session = '', ...media] = text.split(/(?=^m=)/m);
  return { plan, text, session, media };
}

function codeOf(sdp: string): string | undefined {
  try {
    answerTo(sdp);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

describe('an answer', () => {
  it('takes a microphone and a data channel on one transport', () => {
    const { plan, session, media } = answerTo(microphoneOffer());
    expect(session).toContain('a=group:BUNDLE 0 1\r\n');
    expect(media[0]).toMatch(/^m=audio 8189 UDP\/TLS\/RTP\/SAVPF 111 63\r\nc=IN IP4 192\.0\.2\.1\r\n/);
    expect(media[0]).toContain('a=sendrecv\r\n');
    expect(media[0]).toContain('a=fmtp:111 minptime=10;useinbandfec=1\r\n');
    expect(media[0]).toContain('a=ssrc:77 cname:cname\r\n');
    expect(media[1]).toMatch(/^m=application 8189 UDP\/DTLS\/SCTP webrtc-datachannel\r\n/);
    expect(media[1]).toContain('a=sctp-port:5000\r\n');
    expect(plan.remote).toMatchObject({
      ufrag: 'Ab3/',
      role: 'server',
      sctp: { port: 5000, maxMessageBytes: 262_144 },
    });
    expect(plan).toMatchObject({ receivePayloadType: 111, redPayloadType: 63, sendPayloadType: 111 });
  });

  it('holds every candidate once, in the section that carries the transport', () => {
    const { text, media } = answerTo(microphoneOffer());
    expect(media[0]).toContain('a=candidate:f1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n');
    expect(media[0]).toContain(
      'a=candidate:f2 1 udp 2130706175 2001:db8::1 8189 typ host\r\na=end-of-candidates\r\n',
    );
    expect(text.match(/a=candidate/g)).toHaveLength(2);
  });

  it.each([
    ['sendrecv', true, 'sendrecv'],
    ['sendrecv', false, 'recvonly'],
    ['sendonly', true, 'recvonly'],
  ])('to %s audio of a pipeline that %s audio back is %s', (direction, canSend, expected) => {
    const { media, plan } = answerTo(offerOf([audioSection({ mid: 'a', direction })], ['a']), canSend);
    expect(media[0]).toContain(`a=${expected}\r\n`);
    expect(plan.sendPayloadType).toBe(expected === 'sendrecv' ? 111 : undefined);
  });

  it('hears the first of two one-way audio lines and sends on the second, without the video', () => {
    const { session, media } = answerTo(
      offerOf(
        [
          videoSection({ mid: 'v' }),
          audioSection({ mid: 'up', direction: 'sendonly' }),
          audioSection({ mid: 'down', direction: 'recvonly' }),
          dataSection({ mid: 'd' }),
        ],
        ['v', 'up', 'down', 'd'],
      ),
    );
    expect(media.map((section) => /^a=mid:(.*)\r$/m.exec(section)?.[1])).toEqual(['v', 'up', 'down', 'd']);
    expect(media[0]).toMatch(/^m=video 0 UDP\/TLS\/RTP\/SAVPF 96 97\r\n/);
    expect(media[1]).toContain('a=recvonly\r\n');
    expect(media[1]).not.toContain('a=ssrc');
    expect(media[2]).toContain('a=sendonly\r\n');
    expect(media[2]).toContain('a=ssrc:77');
    expect(session).toContain('a=group:BUNDLE up down d\r\n');
    expect(media[1]).toContain('a=candidate');
  });

  it('uses one of two audio lines that go both ways, and keeps the other idle', () => {
    const { media } = answerTo(offerOf([audioSection({ mid: '0' }), audioSection({ mid: '1' })], ['0', '1']));
    expect(media[0]).toContain('a=sendrecv\r\n');
    expect(media[1]).toContain('a=inactive\r\n');
    expect(media[1]).not.toMatch(/^m=audio 0 /);
  });

  it('without BUNDLE takes the audio alone', () => {
    const { session, media, plan } = answerTo(offerOf([audioSection(), dataSection()], null));
    expect(session).not.toContain('BUNDLE');
    expect(media[0]).toContain('a=sendrecv\r\n');
    expect(media[1]).toMatch(/^m=application 0 /);
    expect(plan.dataChannel).toBe(false);
  });

  it('takes a bundle-only line, whose port is 0', () => {
    const bundleOnly = dataSection({ mid: 'd', extra: ['a=bundle-only'] }).map((line) =>
      line.replace('m=application 9', 'm=application 0'),
    );
    expect(answerTo(offerOf([audioSection({ mid: 'a' }), bundleOnly], ['a', 'd'])).plan.dataChannel).toBe(
      true,
    );
  });

  it('leaves out RED that is not of this Opus, and Opus that is not listed', () => {
    const foreign = audioSection({ mid: '0' }).map((line) =>
      line.replace('a=fmtp:63 111/111', 'a=fmtp:63 110/110'),
    );
    expect(answerTo(offerOf([foreign], ['0'])).plan.redPayloadType).toBeUndefined();
    const unlisted = audioSection({ mid: '0' }).map((line) => line.replace('SAVPF 111 63', 'SAVPF 63'));
    expect(codeOf(offerOf([unlisted], ['0']))).toBe('unsupported_codecs');
  });

  it('is the DTLS client when the offer insists on being the server', () => {
    const passive = audioSection({ mid: '0' }).map((line) => line.replace('actpass', 'passive'));
    const { plan, media } = answerTo(offerOf([passive], ['0']));
    expect(plan.remote.role).toBe('client');
    expect(media[0]).toContain('a=setup:active\r\n');
  });

  it('takes transport attributes from the session where the section has none', () => {
    const bare = audioSection({ mid: '0', without: ['a=ice-', 'a=fingerprint', 'a=setup'] });
    const head = audioSection().filter((line) => /^a=(ice-|fingerprint|setup)/.test(line));
    const sdp = offerOf([bare], ['0']).replace('a=extmap-allow-mixed', head.join('\r\n'));
    expect(answerTo(sdp).plan.remote.ufrag).toBe('Ab3/');
  });
});

describe('an offer is refused', () => {
  it.each([
    ['no_audio', offerOf([dataSection({ mid: '0' })], ['0'])],
    ['no_audio', offerOf([audioSection({ mid: '0', direction: 'recvonly' })], ['0'])],
    [
      'no_audio',
      offerOf([audioSection({ mid: '0' }).map((line) => line.replace('m=audio 9', 'm=audio 0'))], ['0']),
    ],
    ['unsupported_codecs', offerOf([audioSection({ mid: '0', without: ['a=rtpmap:111'] })], ['0'])],
    ['unsupported_transport', offerOf([audioSection({ mid: '0', without: ['a=fingerprint'] })], ['0'])],
    ['unsupported_transport', offerOf([audioSection({ mid: '0', without: ['a=rtcp-mux'] })], ['0'])],
    ['malformed_sdp', ''],
    ['malformed_sdp', 'hello'],
    ['malformed_sdp', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n'],
    ['malformed_sdp', 'v=0\r\nm=audio\r\n'],
    ['malformed_sdp', '{"type":"offer"}'],
    ['sdp_too_large', `v=0\r\n${'a=x\r\n'.repeat(MAX_SDP_BYTES / 5)}`],
  ])('with %s', (code, sdp) => {
    expect(codeOf(sdp)).toBe(code);
  });

  it('with all complaints at once, each with its line', () => {
    const sdp = `${microphoneOffer()}a=candidate:nonsense\r\nthis is no line\r\na=sctp-port:x\r\n`;
    expect.assertions(1);
    try {
      parseOffer(sdp);
    } catch (error) {
      expect((error as GatewayError).complaints?.map(({ code }) => code)).toEqual([
        'candidate',
        'not_a_line',
        'number',
      ]);
    }
  });

  it('with all that its transport lacks', () => {
    const bare = audioSection({ mid: '0', without: ['a=ice-', 'a=fingerprint', 'a=setup', 'a=rtcp-mux'] });
    expect.assertions(1);
    try {
      answerTo(offerOf([bare], ['0']));
    } catch (error) {
      expect((error as GatewayError).complaints?.map(({ code }) => code)).toEqual([
        'ice_ufrag',
        'ice_pwd',
        'setup',
        'fingerprint',
        'rtcp_mux',
      ]);
    }
  });
});

describe('hostile SDP', () => {
  const valid = offerOf(
    [videoSection({ mid: 'v' }), audioSection({ mid: 'a' }), dataSection({ mid: 'd' })],
    ['v', 'a', 'd'],
  );

  it('of any text is answered or refused with a code', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void codeOf(text)),
      { seed: 1, numRuns: 500 },
    );
  });

  it('made of a real offer with lines cut, doubled, swapped and damaged is answered or refused with a code', () => {
    const lines = valid.split('\r\n');
    const edit = fc.tuple(
      fc.constantFrom('cut', 'double', 'swap', 'damage'),
      fc.nat(lines.length - 1),
      fc.nat(lines.length - 1),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        const text = [...lines];
        for (const [kind, at, other, noise] of edits) {
          const line = text[at] ?? '';
          if (kind === 'cut') text.splice(at, 1);
          else if (kind === 'double') text.splice(other, 0, line);
          else if (kind === 'swap') [text[at], text[other]] = [text[other] ?? '', line];
          else text[at] = line.slice(0, other) + noise + line.slice(other + noise.length);
        }
        const answer = text.join('\r\n');
        const code = codeOf(answer);
        if (code === undefined) expect(answerTo(answer).text).not.toMatch(/[^\r]\n|undefined|NaN/);
      }),
      { seed: 2, numRuns: 1500 },
    );
  });
});
