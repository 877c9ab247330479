/** One line of plain text for each type of event, and which filter it belongs to. */
import type { SessionEvent, SessionEventType } from '../src/index.js';
import { duration, percent } from './format.js';

export type EventGroup =
  | 'speech'
  | 'utterances'
  | 'results'
  | 'levels'
  | 'probabilities'
  | 'session'
  | 'problems';

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
  audio_chunk: 'levels',
  spectrum: 'levels',
  log_mel: 'probabilities',
  channel_balance: 'levels',
  speech_presence: 'speech',
  conversation_flow: 'speech',
  session_health: 'problems',
  timing_drift: 'problems',
  incident: 'problems',
  audio_evidence: 'problems',
  stream_health: 'problems',
  gap: 'problems',
  node_error: 'problems',
  node_output: 'results',
};

const because = (reason: string) => (reason === 'threshold' ? '' : ` (${reason.replaceAll('_', ' ')})`);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const words = (name: string) => name.replaceAll('_', ' ');
const list = (names: readonly string[]) => names.map(words).join(', ');
const dbfs = (level: number) => `${level.toFixed(1).replace('-', '−')} dBFS`;

export function summarise(event: SessionEvent): string {
  switch (event.type) {
    case 'session_started':
      return `Pipeline ${event.pipeline ?? '(inline)'} runs, ${event.runtime}`;
    case 'node_output':
      return `${event.node_id}: ${event.kind === 'binary' ? 'bytes' : JSON.stringify(event.value).slice(0, 200)}`;
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
    case 'speech_presence': {
      const channels =
        event.active_channels.length > 1 ? `, channels ${event.active_channels.join(', ')}` : '';
      return `${capital(words(event.state))}${channels}, after ${duration(event.previous_duration_ms)} of ${words(event.previous_state)}`;
    }
    case 'conversation_flow': {
      const shares = event.talk_ratios.map(percent).join(' / ');
      return `Talk ${shares}, turns: ${event.turns}, interruptions: ${event.interruptions}`;
    }
    case 'session_health':
      return `${capital(event.state)} (${percent(event.score)})${event.issues.length > 0 ? `: ${list(event.issues)}` : ''}`;
    case 'timing_drift': {
      const verdicts = [
        event.is_jittery && `jitter ${duration(event.jitter_ms)}`,
        event.is_drifting && `drift ${event.drift_ms_per_s.toFixed(1)} ms/s`,
        event.has_lead_jump && `the delay jumped, lead ${event.lead_ms.toFixed(0)} ms`,
      ].filter((verdict) => verdict !== false);
      return verdicts.length > 0 ? capital(verdicts.join(', ')) : 'Packets come in time';
    }
    case 'incident':
      return `No. ${event.index + 1}: ${list(event.alerts)} within ${duration(event.duration_ms)}`;
    case 'audio_evidence':
      return `${duration(event.duration_ms)} around ${words(event.alert)}${event.url === null ? ', not kept' : ''}`;
    case 'stream_health': {
      const alerts = [
        event.is_frozen && 'frozen',
        event.is_cadence_unstable && 'packets out of step',
        event.is_lead_shifted && 'delay shifted',
        event.is_health_low && 'low health',
      ].filter((alert) => alert !== false);
      return `Score ${percent(event.score)}${alerts.length > 0 ? `: ${alerts.join(', ')}` : ''}`;
    }
    case 'gap':
      return `${duration(event.duration_ms)} missing (${event.cause}), filled with ${event.filled_with}`;
    case 'node_error':
      return `${event.message} (${event.policy.replaceAll('_', ' ')})`;
  }
}
