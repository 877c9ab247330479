/** Link header fields of a new WHIP session (RFC 8288): ICE servers for the client, and where its session is seen. */
import type { IceServer } from '../config/schema.js';

/** RFC 9725 section 4.6: one field per URL. */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    urls.map((url) => {
      const fields = [`<${url}>`, 'rel="ice-server"'];
      if (username !== undefined) fields.push(`username=${quoted(username)}`);
      if (credential !== undefined)
        fields.push(`credential=${quoted(credential)}`, 'credential-type="password"');
      return fields.join('; ');
    }),
  );
}

/** Statistics and events' addresses; the relation is this gateway's own. */
export const sessionLink = (id: string): string => `</api/v1/sessions/${id}>; rel="urn:remotemedia:session"`;

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
