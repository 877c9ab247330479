/** One line of plain text for each type of event, and which filter it belongs to. */
import type { SessionEvent, SessionEventType } from '../src/index.js';
import { duration, percent } from './format.js';

export type EventGroup = 'speech' | 'utterances' | 'levels' | 'probabilities' | 'session' | 'problems';

export const EVENT_GROUPS: Record<SessionEventType, EventGroup> = {
  session_started: 'session',
  session_closed: 'session',
  speech_started: 'speech',
  speech_stopped: 'speech',
  speech_misfire: 'speech',
  vad_probability: 'probabilities',
  utterance: 'utterances',
  audio_level: 'levels',
  silence: 'levels',
  clipping: 'levels',
  loudness: 'levels',
  dtmf: 'speech',
  audio_chunk: 'levels',
  spectrum: 'levels',
  log_mel: 'probabilities',
  channel_balance: 'levels',
  gap: 'problems',
  node_error: 'problems',
};

const because = (reason: string) => (reason === 'threshold' ? '' : ` (${reason.replaceAll('_', ' ')})`);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const dbfs = (level: number) => `${level.toFixed(1).replace('-', '−')} dBFS`;

export function summarise(event: SessionEvent): string {
  switch (event.type) {
    case 'session_started':
      return `Pipeline ${event.pipeline ?? '(inline)'} runs, ${event.runtime}`;
    case 'session_closed':
      return capital(event.message || event.reason);
    case 'speech_started':
      return `${percent(event.probability)} sure, ${dbfs(event.level_dbfs)}${because(event.reason)}`;
    case 'speech_stopped':
      return `After ${duration(event.duration_ms)} of speech${because(event.reason)}`;
    case 'speech_misfire':
      return `Too short to be speech: ${duration(event.duration_ms)}`;
    case 'vad_probability':
      return `${percent(event.probability)}${event.speech ? ', in speech' : ''}`;
    case 'utterance':
      return `No. ${event.index + 1}, ${duration(event.duration_ms)}${event.continues ? ', goes on' : ''}${because(event.reason)}`;
    case 'audio_level':
      return `RMS ${dbfs(event.rms_dbfs)}, peak ${dbfs(event.peak_dbfs)}${event.is_silence ? ', silence' : ''}`;
    case 'silence': {
      const silence = event.is_sustained_silence ? 'Silence that lasts' : 'Sound';
      return `${silence}${event.has_intermittent_dropouts ? `, ${event.dropout_count} dropouts` : ''}`;
    }
    case 'clipping':
      return `${event.is_clipping ? 'Clipped' : 'No longer clipped'}: ${event.saturation_ratio_percent.toFixed(1)} % at full scale`;
    case 'loudness':
      return `${event.short_term_lufs.toFixed(1).replace('-', '−')} LUFS, integrated ${event.integrated_lufs.toFixed(1).replace('-', '−')}`;
    case 'dtmf':
      return `Key ${event.digit}, ${duration(event.duration_ms)}`;
    case 'audio_chunk':
      return `No. ${event.index + 1}, ${duration(event.duration_ms)}${event.is_partial ? ', the rest' : ''}`;
    case 'spectrum': {
      const loudest = event.bands_dbfs.indexOf(Math.max(...event.bands_dbfs));
      const ratio = (event.max_hz / event.min_hz) ** (1 / event.bands_dbfs.length);
      return `Loudest near ${Math.round(event.min_hz * ratio ** (loudest + 0.5))} Hz`;
    }
    case 'log_mel':
      return `${event.frames} frames of ${event.mels} bands`;
    case 'channel_balance': {
      const dead = event.dead_channels > 0 ? `, ${event.dead_channels} dead` : '';
      return `Channels ${event.is_imbalanced ? 'differ' : 'balanced'}: ${event.imbalance_db.toFixed(1)} dB${dead}`;
    }
    case 'gap':
      return `${duration(event.duration_ms)} missing (${event.cause}), filled with ${event.filled_with}`;
    case 'node_error':
      return `${event.message} (${event.policy.replaceAll('_', ' ')})`;
  }
}
