import { describe, expect, it } from 'vitest';
import { createLogger } from './logging.js';

const lines = (
  format: 'auto' | 'json' | 'text',
  isTTY: boolean,
  log: (logger: ReturnType<typeof createLogger>) => void,
) => {
  let written = '';
  const output = { isTTY, write: (text: string) => (written += text) };
  log(createLogger({ level: 'info', format }, output));
  return written;
};

describe('the log', () => {
  it('is one JSON object per line for machines, without the credentials of TURN servers', () => {
    const written = lines('auto', false, (logger) => {
      logger.info({ sessionId: 's', server: { credential: 'secret' } }, 'session opened');
      logger.debug('not this');
    });
    expect(JSON.parse(written)).toMatchObject({ level: 30, sessionId: 's', msg: 'session opened' });
    expect(written).not.toContain('secret');
  });

  it('is text for people on a terminal, the stack below', () => {
    const written = lines('auto', true, (logger) => {
      logger.info({ sessionId: 's', detail: 'two words', peerId: null }, 'session opened');
      logger.error({ err: new Error('broken') }, 'request failed');
    });
    const [first, second, third] = written.split('\n');
    expect(first).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}session opened sessionId=s detail="two words"$/);
    expect(second).toMatch(/ERROR request failed$/);
    expect(third).toBe('Error: broken');
  });

  it('obeys a forced format', () => {
    expect(lines('text', false, (logger) => logger.warn('careful'))).toMatch(/WARN {2}careful\n$/);
    expect(lines('json', true, (logger) => logger.warn('careful'))).toMatch(/^\{/);
  });
});
