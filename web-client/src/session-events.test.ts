import { describe, expect, it } from 'vitest';
import { EventGate } from './session-events.js';

const event = (seq: number) => ({ type: 'vad_probability', seq, media_time_ms: seq * 32, probability: 0.5 });
const seqs = (gate: EventGate, values: unknown[]) =>
  values.map((value) => gate.admit(value)?.seq).filter((seq) => seq !== undefined);

describe('the gate that merges data channel and WebSocket', () => {
  it('lets each event through once, whichever way was faster', () => {
    const gate = new EventGate();
    expect(seqs(gate, [0, 1, 0, 2, 1, 2, 3].map(event))).toEqual([0, 1, 2, 3]);
    expect(gate.duplicates).toBe(3);
    expect(gate.missing).toBe(0);
  });

  it('takes what comes out of order and knows what is still missing', () => {
    const gate = new EventGate();
    expect(seqs(gate, [2, 0].map(event))).toEqual([2, 0]);
    expect(gate.missing).toBe(1);
    expect(seqs(gate, [event(1)])).toEqual([1]);
    expect(gate.missing).toBe(0);
  });

  it('reads JSON text as well as objects', () => {
    expect(new EventGate().admit(JSON.stringify(event(7)))).toMatchObject({ seq: 7 });
  });

  it('counts garbage and passes none of it on', () => {
    const gate = new EventGate();
    const garbage = [
      '{',
      'null',
      '[]',
      5,
      undefined,
      {},
      { ...event(0), seq: '0' },
      { ...event(0), seq: 1.5 },
    ];
    expect(seqs(gate, garbage)).toEqual([]);
    expect(gate.malformed).toBe(garbage.length);
  });

  it('still recognises copies after hours, without remembering every number', () => {
    const gate = new EventGate();
    for (let seq = 0; seq < 50_000; seq++) gate.admit(event(seq));
    expect(gate.admit(event(49_999))).toBeUndefined();
    expect(gate.admit(event(48_000))).toBeUndefined();
    expect(gate.admit(event(10))).toBeUndefined();
    expect(gate.duplicates).toBe(3);
    expect(gate.missing).toBe(0);
  });
});
