/** Reads a trickle ICE SDP fragment (RFC 8840 section 9). Pure. */
import type { IceCandidateInit } from '@remotemedia/gateway';
import { RequestError } from '../errors.js';

export interface IceFragment {
  /** `a=ice-ufrag` of the sender, where given. */
  readonly usernameFragment: string | null;
  readonly candidates: readonly IceCandidateInit[];
  /** The sender has no more candidates. */
  readonly endOfCandidates: boolean;
}

/** More lines than any client's candidates need. */
const MAX_LINES = 512;

/** @throws RequestError `malformed_fragment`. */
export function parseFragment(text: string): IceFragment {
  const lines = text.split(/\r\n|\n/);
  if (lines.length > MAX_LINES) throw malformed(`more than ${MAX_LINES} lines`);
  let usernameFragment: string | null = null;
  let endOfCandidates = false;
  let sdpMid: string | null = null;
  let mediaLine = -1;
  const candidates: IceCandidateInit[] = [];
  for (const line of lines) {
    if (line === '') continue;
    if (!/^[a-z]=./.test(line)) throw malformed(`"${line.slice(0, 40)}" is not a line of SDP`);
    const value = line.slice(2);
    if (line.startsWith('m=')) [mediaLine, sdpMid] = [mediaLine + 1, null];
    else if (value.startsWith('mid:')) sdpMid = value.slice(4);
    else if (value.startsWith('ice-ufrag:')) usernameFragment ??= value.slice(10);
    else if (value === 'end-of-candidates') endOfCandidates = true;
    else if (value.startsWith('candidate:')) {
      // Bundled audio has one transport, so a fragment without m-line means the first one.
      candidates.push({
        candidate: value,
        sdpMid,
        sdpMLineIndex: sdpMid === null ? Math.max(mediaLine, 0) : null,
      });
    }
    // Other lines (ice-pwd, ice-options, group) say nothing that is needed here.
  }
  if (usernameFragment === null && candidates.length === 0 && !endOfCandidates) {
    throw malformed('there is no candidate, end-of-candidates or ice-ufrag in it');
  }
  return { usernameFragment, candidates, endOfCandidates };
}

const malformed = (why: string): RequestError =>
  new RequestError('malformed_fragment', `The trickle ICE fragment is malformed: ${why}`);
