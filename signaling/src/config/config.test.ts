import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, parseConfig } from './parse.js';
import { CONFIG_KEYS, defaultValues } from './tree.js';

const manual = readFileSync(new URL('../../../configs/gateway.yaml', import.meta.url), 'utf8');

const complaintsOf = (text: string, environment: Record<string, string> = {}) => {
  try {
    parseConfig({ text, name: 'gateway.yaml', environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints;
    throw error;
  }
  throw new Error('no complaint');
};

describe('configs/gateway.yaml', () => {
  it('holds every key with exactly the default of the schema', () => {
    expect(parse(manual)).toEqual(defaultValues());
    expect(parseConfig({ text: manual, name: 'gateway.yaml' })).toEqual(defaultValues());
  });

  it('explains every key in a comment above it', () => {
    for (const { name } of CONFIG_KEYS) {
      expect(manual, name).toMatch(new RegExp(`^  #.*\\n  ${name}:`, 'm'));
    }
  });
});

describe('parsing a configuration', () => {
  it('fills what the file leaves out', () => {
    const config = parseConfig({ text: 'http:\n  port: 9000\nmedia:\n', name: 'gateway.yaml' });
    expect(config.http).toEqual({ host: '0.0.0.0', port: 9000, trust_proxy: false });
    expect(config.media).toEqual(defaultValues().media);
    expect(parseConfig({ text: '', name: 'gateway.yaml' })).toEqual(defaultValues());
  });

  it('lets the environment win over the file', () => {
    const environment = {
      REMOTEMEDIA_HTTP_PORT: '0',
      REMOTEMEDIA_HTTP_TRUST_PROXY: 'true',
      REMOTEMEDIA_MEDIA_ANNOUNCE_ADDRESSES: '192.0.2.1, 2001:db8::1',
      REMOTEMEDIA_ICE_SERVERS: '[{"urls":["stun:stun.example.org"]}]',
      REMOTEMEDIA_RUNTIME: 'native',
      REMOTEMEDIA_PYTHON: 'python3.12',
      REMOTEMEDIA_SERVICE_HOST: '10.0.0.1',
      REMOTEMEDIA_PORT: 'tcp://10.0.0.1:8080',
      PATH: '/bin',
    };
    const config = parseConfig({
      text: 'http: { port: 9000, host: "::1" }',
      name: 'gateway.yaml',
      environment,
    });
    expect(config.http).toEqual({ host: '::1', port: 0, trust_proxy: true });
    expect(config.media.announce_addresses).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(config.ice.servers).toEqual([{ urls: ['stun:stun.example.org'] }]);
  });

  it('reports all mistakes of file and environment at once', () => {
    const complaints = complaintsOf(
      'htp: { port: 1 }\nhttp: { prot: 1, port: 70000 }\nlogging: { level: loud }\nsessions: { max: many }\nice: { servers: [{ urls: [http://x] }] }\nmedia: 3\n',
      {
        REMOTEMEDIA_LIMITS_WEBSOCKETS: 'lots',
        REMOTEMEDIA_LIMITS_HEARTBEAT_S: '0',
        REMOTEMEDIA_HTTP_PROT: '1',
      },
    );
    const found = complaints.map(({ path, code }) => `${path} ${code}`);
    expect(found.sort()).toEqual(
      [
        'REMOTEMEDIA_HTTP_PROT unknown_variable',
        'htp unknown_section',
        'http.port invalid_value',
        'http.prot unknown_key',
        'ice.servers[0].urls[0] invalid_value',
        'limits.heartbeat_s invalid_value',
        'limits.websockets invalid_type',
        'logging.level invalid_value',
        'media invalid_type',
        'sessions.max invalid_type',
      ].sort(),
    );
  });

  it('names the nearest key and the environment variable that set a bad value', () => {
    const complaints = complaintsOf('http: { prot: 1 }', { REMOTEMEDIA_LIMITS_HEARTBEAT_S: '0' });
    const text = JSON.stringify(complaints);
    expect(text).toContain('Did you mean \\"port\\"?');
    expect(text).toContain('set by REMOTEMEDIA_LIMITS_HEARTBEAT_S');
  });

  it('proposes variables that are near to an unknown one, and no others', () => {
    const hintOf = (variable: string, value = '18080') => {
      const [complaint] = complaintsOf('', { [variable]: value });
      return complaint?.hint;
    };
    expect(hintOf('REMOTEMEDIA_PORT')).toBe('Did you mean REMOTEMEDIA_HTTP_PORT?');
    expect(hintOf('REMOTEMEDIA_HOST', '::1')).toBe('Did you mean REMOTEMEDIA_HTTP_HOST?');
    expect(hintOf('REMOTEMEDIA_HTTP_PROT')).toBe('Did you mean REMOTEMEDIA_HTTP_PORT?');
    expect(hintOf('REMOTEMEDIA_CONFG')).toBe('Did you mean REMOTEMEDIA_CONFIG?');
    expect(hintOf('REMOTEMEDIA_FOO_BAR')).toBe('Remove it');
    expect(hintOf('REMOTEMEDIA_LOUDNESS')).toBe('Remove it');
  });

  it('refuses addresses that are names: clients are told addresses, sockets are bound to them', () => {
    const complaints = complaintsOf(
      'media: { bind_address: box, announce_addresses: ["10.0.0.1", a.example] }',
    );
    expect(complaints.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'media.bind_address must be an IP address',
      'media.announce_addresses[1] must be an IP address',
    ]);
  });

  it('refuses broken YAML, duplicate keys and a file that is not a mapping', () => {
    expect(complaintsOf('http: [')[0]?.code).toMatch(/^yaml_/);
    expect(complaintsOf('http: {}\nhttp: {}')[0]?.code).toBe('yaml_duplicate_key');
    expect(complaintsOf('- http')[0]?.code).toBe('invalid_type');
  });

  it('says everything in its message, one mistake per line', () => {
    expect(() => parseConfig({ text: 'http: { port: -1, host: 3 }', name: 'my.yaml' })).toThrow(
      /^my\.yaml has 2 mistakes:\n {2}http\.[^\n]+\n {2}http\.[^\n]+$/,
    );
  });

  it('keeps a hostile key from reaching object prototypes', () => {
    expect(
      complaintsOf('__proto__: { polluted: 1 }\nhttp: { __proto__: { port: 1 }, constructor: 1 }').length,
    ).toBe(3);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
