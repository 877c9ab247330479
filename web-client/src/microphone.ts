/**
 * Opens the microphone with the three switches browsers have, and says what the browser really did with them. Noise suppression and
 * automatic gain are off by default because the gateway does them; doing both twice harms speech and the VAD.
 */
import { fromMicrophoneFailure } from './error-mapping.js';
import { GatewayError } from './errors.js';

export interface MicrophoneOptions {
  deviceId?: string | undefined;
  /** Needed when the processed voice plays through loudspeakers. Default true. */
  echoCancellation?: boolean;
  noiseSuppression?: boolean;
  autoGainControl?: boolean;
}

/** What the browser applied; undefined where it does not say. */
export interface AppliedMicrophoneSettings {
  label: string;
  echoCancellation: boolean | undefined;
  noiseSuppression: boolean | undefined;
  autoGainControl: boolean | undefined;
  sampleRate: number | undefined;
  channelCount: number | undefined;
}

/** The caller owns the stream and stops its tracks. Rejects with `GatewayError`. */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<MediaStream> {
  assertMediaDevices();
  const { deviceId, echoCancellation = true, noiseSuppression = false, autoGainControl = false } = options;
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
        echoCancellation,
        noiseSuppression,
        autoGainControl,
        channelCount: 1,
      },
    });
  } catch (failure) {
    throw fromMicrophoneFailure(failure);
  }
}

export function appliedSettings(track: MediaStreamTrack): AppliedMicrophoneSettings {
  const settings = track.getSettings();
  return {
    label: track.label,
    // Newer browsers may answer "all" or "remote-only" here: both are some echo cancellation.
    echoCancellation:
      settings.echoCancellation === undefined ? undefined : Boolean(settings.echoCancellation),
    noiseSuppression: settings.noiseSuppression,
    autoGainControl: settings.autoGainControl,
    sampleRate: settings.sampleRate,
    channelCount: settings.channelCount,
  };
}

/** Labels are empty until permission was given once (a privacy rule of all browsers). */
export async function listMicrophones(): Promise<MediaDeviceInfo[]> {
  assertMediaDevices();
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
}

function assertMediaDevices(): void {
  if (!globalThis.isSecureContext) throw new GatewayError('insecure_context');
  if (!navigator.mediaDevices?.getUserMedia) throw new GatewayError('webrtc_unsupported');
}
