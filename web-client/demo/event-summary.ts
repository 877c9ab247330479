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
  speculation_started: 'speech',
  speculation_confirmed: 'speech',
  speculation_cancelled: 'speech',
  vad_probability: 'probabilities',
  utterance: 'utterances',
  commit_pending: 'utterances',
  commit_cancelled: 'utterances',
  audio_level: 'levels',
  silence: 'levels',
  clipping: 'levels',
  loudness: 'levels',
  dtmf: 'speech',
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
    case 'speculation_started':
      return `Perhaps speech, ${percent(event.probability)} sure`;
    case 'speculation_confirmed':
      return `It is speech, ${percent(event.probability)} sure`;
    case 'speculation_cancelled':
      return `It was none; take back ${duration(event.to_ms - event.from_ms)}`;
    case 'vad_probability':
      return `${percent(event.probability)}${event.speech ? ', in speech' : ''}`;
    case 'utterance':
      return `No. ${event.index + 1}, ${duration(event.duration_ms)}${event.continues ? ', goes on' : ''}${because(event.reason)}`;
    case 'commit_pending':
      return `No. ${event.index + 1}, ${duration(event.duration_ms)}, unless it goes on within ${duration(event.commit_delay_ms)}`;
    case 'commit_cancelled':
      return `No. ${event.index + 1} ${event.reason === 'resumed' ? 'goes on' : 'was too short'}`;
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
