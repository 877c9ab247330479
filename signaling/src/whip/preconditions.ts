/** Entity tags of WHIP sessions: one per ICE session, checked by If-Match (RFC 9725 section 4.3, RFC 9110 13.1.1). */
import { RequestError } from '../errors.js';

/** Strong tag of an ICE session. ICE characters need no escape (RFC 8445 section 5.3: letters, digits, + and /). */
export const entityTag = (localUfrag: string): string => `"${localUfrag}"`;

/** @throws RequestError `precondition_required`, `precondition_failed`, `ice_restart_unsupported`. */
export function requireMatch(ifMatch: string | undefined, tag: string): void {
  if (ifMatch === undefined) {
    throw new RequestError('precondition_required', 'PATCH needs If-Match with the ETag of the session');
  }
  const tags = ifMatch.split(',').map((item) => item.trim());
  if (tags.includes('*')) throw restartUnsupported();
  // Strong comparison: a weak tag never matches.
  if (!tags.includes(tag)) {
    throw new RequestError('precondition_failed', 'If-Match is not the ETag of the current ICE session');
  }
}

export const restartUnsupported = (): RequestError =>
  new RequestError(
    'ice_restart_unsupported',
    'This gateway does not restart ICE: open a new session instead',
  );
