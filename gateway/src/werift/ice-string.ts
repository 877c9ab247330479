/** Random ICE user fragments and passwords: 6 bits a character (RFC 8445 5.3). */
import { randomBytes } from 'node:crypto';

export function iceString(length: number): string {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString('base64')
    .slice(0, length);
}
