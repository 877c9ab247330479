import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { Envelope } from './execute/sdk/envelope.js';
import { misfits } from './misfits.js';
import { AudioEncoding, WireItem } from './protocol/index.js';

const isBody = Compile(Type.Object({ items: Type.Array(WireItem) }, { additionalProperties: false }));
const isEnvelope = Compile(Envelope);
const ofItems = (...items: unknown[]) => misfits(isBody.Errors({ items }), 'body');
const ofEnvelope = (envelope: unknown) => misfits(isEnvelope.Errors(envelope), 'body');
const audio = { kind: 'audio', encoding: 's16le', sample_rate: 16_000, channels: 1, data: '' };

describe('what does not fit a schema', () => {
  it('is told of the kind that was meant alone', () => {
    const { channels: _, ...incomplete } = audio;
    expect(ofItems(incomplete)).toBe('body/items/0 must have required properties channels');
    expect(ofItems({ kind: 'binary', data: 3 })).toBe('body/items/0/data must be string');
    expect(ofItems({ kind: 'event', event: {} })).toBe(
      'body/items/0/event must have required properties type, node_id',
    );
    expect(ofItems(audio, { kind: 'value' }, { ...audio, data: 1 })).toBe(
      'body/items/1 must have required properties value, body/items/2/data must be string',
    );
  });

  it('names the words that are taken', () => {
    expect(ofItems({ ...audio, encoding: 's16' })).toBe(
      'body/items/0/encoding must be one of "s16le", "f32le"',
    );
    const kinds = 'body/items/0/kind must be one of "audio", "value", "event", "binary"';
    expect(ofItems({ kind: 'video' })).toBe(kinds);
    expect(ofItems({ kind: 'video', data: 3, encoding: 3, sample_rate: 3, channels: 'x' })).toBe(kinds);
    const version = Compile(Type.Object({ version: Type.Literal('v1') }));
    expect(misfits(version.Errors({ version: 2 }))).toBe('version must be "v1"');
    expect(misfits(Compile(AudioEncoding).Errors('s16'), 'querystring')).toBe(
      'querystring must be one of "s16le", "f32le"',
    );
  });

  it('says what every kind has where none was named', () => {
    expect(ofItems({ data: '' })).toBe('body/items/0 must have required properties kind');
    expect(ofItems(3)).toBe('body/items/0 must be object');
  });

  it('is told by the property that says which was meant', () => {
    expect(ofEnvelope({ data: { Audio: { samples: ['a'], sample_rate: 8000, channels: 1 } } })).toBe(
      'body/data/Audio/samples/0 must be number',
    );
    const either = 'body/data must have one of the properties Text, Json, Audio, Binary';
    expect(ofEnvelope({ data: {} })).toBe(either);
    expect(ofEnvelope({ data: { Audi: 1 } })).toBe(either);
    expect(ofEnvelope({})).toBe('body must have required properties data');
    expect(ofEnvelope({ data: { Text: '' }, sequence: 'x' })).toBe('body/sequence must be integer or null');
  });

  it('is not told of kinds that were not looked at any more', () => {
    const told = ofItems(...Array.from({ length: 100 }, () => ({ kind: 'binary', data: 3 }))).split(', ');
    expect(new Set(told.map((text) => text.replace(/\d+/, 'N')))).toEqual(
      new Set(['body/items/N/data must be string']),
    );
    expect(told.length).toBeLessThanOrEqual(8);
  });
});
