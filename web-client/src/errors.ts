/**
 * What can go wrong between a browser and the gateway, in plain words. Every failure the SDK reports is a `GatewayError` with a stable
 * code; the table gives a sentence for the person in front of the page and a sentence on what to do about it.
 */

import type { Complaint } from '@remotemedia/signaling/protocol';

interface Wording {
  message: string;
  advice: string;
}

const WORDING = {
  microphone_denied: {
    message: 'The browser is not allowed to use the microphone.',
    advice:
      'Click the microphone or lock symbol in the address bar, allow the microphone for this site, then connect again.',
  },
  microphone_missing: {
    message: 'No microphone was found.',
    advice: 'Plug one in or switch it on, or choose an audio file instead.',
  },
  microphone_busy: {
    message: 'The microphone could not be opened.',
    advice:
      'Another program may be holding it. Close programs that record, or choose another device, then connect again.',
  },
  microphone_lost: {
    message: 'The microphone was unplugged or taken away.',
    advice: 'Plug it in again or choose another device, then connect again.',
  },
  insecure_context: {
    message: 'Browsers give the microphone only to secure pages.',
    advice: 'Open this page through https:// or on http://localhost, or choose an audio file instead.',
  },
  webrtc_unsupported: {
    message: 'This browser has no WebRTC.',
    advice: 'Use a current Chrome, Edge, Firefox or Safari.',
  },
  file_missing: {
    message: 'No audio file has been chosen yet.',
    advice: 'Choose a file, or drop one on the form, then connect.',
  },
  file_unreadable: {
    message: 'The browser cannot decode this audio file.',
    advice: 'Choose a WAV, MP3, Ogg, FLAC or M4A file.',
  },
  gateway_unreachable: {
    message: 'The gateway does not answer.',
    advice: 'Check that it is running and that this address is right, then try again.',
  },
  server_full: {
    message: 'The gateway is full: it takes no more sessions at the moment.',
    advice: 'Try again in a little while, or raise the session limit in its configuration.',
  },
  server_draining: {
    message: 'The gateway is shutting down and takes no new sessions.',
    advice: 'Try again in a minute.',
  },
  rate_limited: {
    message: 'Too many requests from here in a short time.',
    advice: 'Wait a moment, then try again.',
  },
  unauthorized: {
    message: 'The gateway asks for a valid access token.',
    advice: 'Open the page with the link or the token you were given.',
  },
  ice_failed: {
    message: 'No network path for the audio was found between this browser and the gateway.',
    advice:
      "Signaling worked, so the media port is the likely cause: open the gateway's UDP media port in the firewall, or announce the address that this browser can reach.",
  },
  dtls_failed: {
    message: 'The encrypted audio connection could not be set up.',
    advice: 'Try again. If it happens every time, something between browser and gateway alters UDP packets.',
  },
  connection_lost: {
    message: 'The audio connection broke.',
    advice: 'Check the network and connect again.',
  },
  signaling_lost: {
    message: 'The connection to the gateway was lost.',
    advice: 'Check the network and that the gateway still runs, then connect again.',
  },
  gateway_stopped: {
    message: 'The gateway was shut down.',
    advice: 'Connect again when it is back.',
  },
  session_closed: {
    message: 'The gateway ended the session.',
    advice: 'Connect again. The reason is in the list of events.',
  },
  pipeline_unknown: {
    message: 'The gateway has no pipeline of this name.',
    advice: 'Choose one from the list.',
  },
  manifest_invalid: {
    message: 'The pipeline has mistakes, so the gateway refused it.',
    advice: 'Correct what is listed here and connect again.',
  },
  offer_refused: {
    message: 'The gateway refused the connection offer.',
    advice: 'The browser may lack the Opus codec or the gateway an audio pipeline. See the details.',
  },
  not_found: {
    message: 'The gateway does not know this session any more.',
    advice: 'Connect again.',
  },
  gateway_failed: {
    message: 'Something broke inside the gateway.',
    advice: "Try again; if it happens every time, look into the gateway's log.",
  },
  timeout: {
    message: 'The gateway took too long to answer.',
    advice: 'Try again. If it happens often, the gateway may be overloaded.',
  },
  cancelled: { message: 'Connecting was cancelled.', advice: '' },
  protocol: {
    message: 'The gateway answered something unexpected.',
    advice: 'The page and the gateway may be of different versions: reload the page.',
  },
} as const satisfies Record<string, Wording>;

export type GatewayErrorCode = keyof typeof WORDING;

export interface GatewayErrorDetails {
  /** The technical sentence of whoever noticed: a browser, or the gateway. */
  detail?: string | undefined;
  complaints?: readonly Complaint[] | undefined;
  /** When the gateway says how long to wait (`Retry-After`). */
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  /** What the person can do about it; may be empty. */
  readonly advice: string;
  readonly detail: string | undefined;
  readonly complaints: readonly Complaint[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: GatewayErrorCode, details: GatewayErrorDetails = {}) {
    super(WORDING[code].message, { cause: details.cause });
    this.code = code;
    this.advice = WORDING[code].advice;
    this.detail = details.detail;
    this.complaints = details.complaints ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

export const GATEWAY_ERROR_CODES = Object.keys(WORDING) as readonly GatewayErrorCode[];

export function isGatewayErrorCode(code: unknown): code is GatewayErrorCode {
  return typeof code === 'string' && Object.hasOwn(WORDING, code);
}
