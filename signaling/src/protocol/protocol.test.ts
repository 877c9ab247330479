import { readdirSync, readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { ERRORS, GatewayEvent, isMethodName, METHODS, NOTIFICATIONS, RpcErrorCode } from './index.js';

const base = {
  seq: 3,
  session_id: 's1',
  node_id: 'vad',
  media_time_samples: 48000,
  sample_rate: 48000,
  media_time_ms: 1000,
  detected_at_ms: 1300,
  detection_delay_ms: 300,
};

describe('events', () => {
  const schema = Compile(GatewayEvent);

  it('accepts a speech start with all its fields', () => {
    const event = { ...base, type: 'speech_started', probability: 0.9, level_dbfs: -20, reason: 'threshold' };
    expect(schema.Check(event)).toBe(false);
    expect(schema.Check({ ...event, prefix_padding_ms: 300 })).toBe(true);
  });

  it('accepts null as the node of a session event and refuses an unknown type', () => {
    const started = { ...base, type: 'session_started', node_id: null, pipeline: null, runtime: 'native' };
    expect(schema.Check(started)).toBe(true);
    expect(schema.Check({ ...started, type: 'session_begun' })).toBe(false);
  });

  it('accepts events with lists of numbers, and nothing else in their place', () => {
    const spectrum = { ...base, type: 'spectrum', min_hz: 50, max_hz: 16_000, bands_dbfs: [-60, -31.4] };
    expect(schema.Check(spectrum)).toBe(true);
    expect(schema.Check({ ...spectrum, bands_dbfs: ['loud'] })).toBe(false);
    const frames = { ...base, type: 'log_mel', mels: 2, frames: 1, first_frame: 0, values: [-10, 1.5] };
    expect(schema.Check(frames)).toBe(true);
    expect(schema.Check({ ...frames, values: -10 })).toBe(false);
    const chunk = { index: 0, length_samples: 512, duration_ms: 32, is_partial: false, channels: 1 };
    expect(schema.Check({ ...base, type: 'audio_chunk', ...chunk })).toBe(false);
    expect(schema.Check({ ...base, type: 'audio_chunk', ...chunk, audio_sample_rate: 16_000 })).toBe(true);
  });

  it('refuses a negative sequence number and a probability above one', () => {
    const window = { ...base, type: 'vad_probability', probability: 0.5, speech: false };
    expect(schema.Check(window)).toBe(true);
    expect(schema.Check({ ...window, seq: -1 })).toBe(false);
    expect(schema.Check({ ...window, probability: 1.1 })).toBe(false);
  });
});

describe('methods', () => {
  it('knows exactly the methods of the protocol, and no name from the object prototype', () => {
    expect(Object.keys(METHODS)).toEqual([
      'peer.announce',
      'peer.offer',
      'peer.answer',
      'peer.ice_candidate',
      'peer.disconnect',
      'peer.list',
      'list_peers',
      'server.info',
      'control.subscribe',
      'control.unsubscribe',
      'control.publish',
      'control.set_node_state',
      'control.flush_audio',
    ]);
    expect(isMethodName('constructor')).toBe(false);
  });

  it('takes a candidate with null, absent or given media line', () => {
    const { params } = METHODS['peer.ice_candidate'];
    const schema = Compile(params);
    const candidate = { from: 'a', to: 'remotemedia-server', candidate: '' };
    expect(schema.Check(candidate)).toBe(true);
    expect(schema.Check({ ...candidate, sdp_mid: null, sdp_m_line_index: null })).toBe(true);
    expect(schema.Check({ ...candidate, sdp_mid: '0', sdp_m_line_index: 0 })).toBe(true);
    expect(schema.Check({ ...candidate, sdp_m_line_index: 'zero' })).toBe(false);
  });

  it('refuses peer ids that would not print', () => {
    const schema = Compile(METHODS['peer.announce'].params);
    expect(schema.Check({ peer_id: 'alice-1', capabilities: ['audio'] })).toBe(true);
    for (const peerId of ['', 'a b', '<b>', 'x'.repeat(65), 'a\n']) {
      expect(schema.Check({ peer_id: peerId, capabilities: [] }), JSON.stringify(peerId)).toBe(false);
    }
  });
});

describe('errors', () => {
  it('gives every code an HTTP error status and a JSON-RPC code of the table', () => {
    const rpcCodes = new Set<number>(Object.values(RpcErrorCode));
    for (const [code, { status, rpc, title }] of Object.entries(ERRORS)) {
      expect(code).toMatch(/^[a-z][a-z_]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(rpcCodes.has(rpc)).toBe(true);
      expect(title.length).toBeGreaterThan(3);
    }
  });
});

describe('the folder', () => {
  it('imports nothing but typebox and itself, so that browsers can load it', () => {
    const folder = new URL('.', import.meta.url);
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.includes('.test.'));
    expect(sources.length).toBeGreaterThan(5);
    for (const name of sources) {
      const imports = readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g);
      for (const [, target] of imports) expect(target, name).toMatch(/^(typebox|\.\/[a-z-]+\.js)$/);
    }
  });

  it('names every notification of the protocol', () => {
    expect(Object.keys(NOTIFICATIONS)).toContain('peer.state_change');
    expect(Compile(NOTIFICATIONS['peer.left']).Check({ peer_id: 'alice' })).toBe(true);
  });
});
