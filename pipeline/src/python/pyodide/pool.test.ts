import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pythonRoutes } from '../routes.js';
import { PyodideInterpreter, type WorkerPort } from './interpreter.js';
import { PyodidePool } from './pool.js';

const EVENTS = { answer: () => {}, log: () => {}, ended: () => {} };

/** A pool of workers that only note what happens to them. */
function poolOfNotes() {
  const workers: { posted: unknown[]; ended: boolean; boot(): void; die(reason: string): void }[] = [];
  const open = () => {
    const note = { posted: [] as unknown[], ended: false, boot: () => {}, die: (_: string) => {} };
    workers.push(note);
    const port: WorkerPort = {
      post: (message) => void note.posted.push(message),
      listen: (onMessage, onDeath) =>
        void Object.assign(note, { boot: () => onMessage({ booted: true }), die: onDeath }),
      terminate: () => void Object.assign(note, { ended: true }),
    };
    return new PyodideInterpreter(port, Promise.resolve({ pyodide: '/', files: {} }));
  };
  const pool = new PyodidePool(open);
  return { pool, workers, start: pool.starter(async () => ({ packages: [] })) };
}

describe('the pool', () => {
  it('keeps no spare for a process that runs one node, and one once a second has booted', () => {
    const { start, workers } = poolOfNotes();
    start(EVENTS);
    workers[0]!.boot();
    expect(workers).toHaveLength(1);
    start(EVENTS);
    expect(workers).toHaveLength(2);
    workers[1]!.boot();
    expect(workers).toHaveLength(3);
    workers[2]!.boot();
    start(EVENTS);
    expect(workers).toHaveLength(4);
    expect(workers.some(({ ended }) => ended)).toBe(false);
  });

  it('boots as many as it is told to, and ends those that are too many', () => {
    const { pool, workers } = poolOfNotes();
    pool.warm(2);
    expect(workers.map(({ ended }) => ended)).toEqual([false, false]);
    pool.warm(1);
    expect(workers.map(({ ended }) => ended)).toEqual([false, true]);
  });

  it('gives no interpreter away that died while it waited', () => {
    const { pool, start, workers } = poolOfNotes();
    pool.warm(1);
    workers[0]!.die('crashed');
    const before = workers.length;
    start(EVENTS);
    expect(workers.length).toBeGreaterThan(before);
  });

  it('posts in order: boot, adoption, requests', async () => {
    const { start, workers } = poolOfNotes();
    const request = new Uint8Array(8);
    start(EVENTS).post(request);
    await expect.poll(() => workers[0]!.posted.length).toBe(3);
    expect(workers[0]!.posted).toEqual([
      { boot: expect.objectContaining({ pyodide: '/' }) },
      { adopt: { packages: [] } },
      request,
    ]);
  });
});

it('a spare interpreter holds no process, and one that runs a node does', async () => {
  // In Node, listening holds it.
  let isHeld = false;
  const hold = (on: boolean) => {
    isHeld = on;
  };
  const port: WorkerPort = { post: () => {}, listen: () => hold(true), terminate: () => {}, hold };
  const pool = new PyodidePool(
    () => new PyodideInterpreter(port, Promise.resolve({ pyodide: '/', files: {} })),
  );
  pool.warm(1);
  expect(isHeld).toBe(false);
  pool.starter(async () => ({ packages: [] }))(EVENTS);
  expect(isHeld).toBe(true);
});

it('serves files that exist, those of Python included that the package consists of', async () => {
  const { readdirSync } = await import('node:fs');
  const routes = pythonRoutes();
  for (const { file, contentType } of routes) {
    expect(existsSync(file), file).toBe(true);
    expect(contentType).toBeDefined();
  }
  const folder = new URL('../../../python/remotemedia/', import.meta.url);
  const modules = readdirSync(folder).filter((name) => name.endsWith('.py'));
  const served = routes.map(({ path }) => path);
  expect(served).toEqual(expect.arrayContaining(modules.map((name) => `python/remotemedia/${name}`)));
});
