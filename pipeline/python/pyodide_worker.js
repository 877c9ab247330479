/**
 * Runs Pyodide in a worker, the same in Node and in browsers: boots, then hands requests to `pyodide_host.py` and posts its answers.
 * Plain JavaScript, for it is loaded as it is, from sources, from what was built and by pages.
 *
 * Gets, in this order: `{ boot }`, `{ adopt }`, and then messages as Uint8Array (see `message.ts`). Posts `{ booted }`, `{ adopted }`,
 * `{ log }`, `{ dropped }`,
 * `{ failed }`, and answers as Uint8Array.
 */

const inNode = globalThis.process?.versions?.node !== undefined;
const port = inNode ? await nodePort() : browserPort();
const printed = { linesPerSecond: 0, lineCharacters: 0, secondStart: 0, lines: 0, dropped: 0 };
let python;
let host;
let heapLimitBytes = Number.POSITIVE_INFINITY;

/** Messages are handled one after the other, also those that come while one is waited for. */
let before = Promise.resolve();
port.listen((message) => {
  before = before.then(() => handle(message)).catch(fail);
});

async function handle(message) {
  if (message instanceof Uint8Array) await serve(message);
  else if (message.boot) await boot(message.boot);
  else adopt(message.adopt);
}

// What dies in a task of Python's own loop is thrown at nobody. In Node it ends the thread; in browsers it would be but a line in the console.
for (const [type, field] of [
  ['error', 'error'],
  ['unhandledrejection', 'reason'],
])
  globalThis.addEventListener?.(type, (event) => fail(event[field]));

/** Beyond this, the interpreter is not to be used any more. */
function fail(error) {
  port.post({ failed: `${error?.name ?? 'Error'}: ${error?.message ?? error}` });
}

/** One request: answers are posted as they are made. */
async function serve(request) {
  for (let answer = host.handle(request); answer !== undefined; answer = host.following()) {
    if (!(answer instanceof Uint8Array)) {
      const promised = answer;
      answer = await promised;
      promised.destroy();
    }
    port.post(answer, [answer.buffer]);
  }
  reportDropped();
}

/**
 * @param {{ pyodide: string, files: Record<string, string>, linesPerSecond: number, lineCharacters: number }} options the address of
 *   Pyodide's folder; files of Python by path; how much may be printed, what goes beyond is counted.
 */
async function boot({ pyodide, files, ...limits }) {
  Object.assign(printed, limits);
  if (inNode) await becomeBrowser(pyodide);
  // Pyodide reports its own death here.
  globalThis.console = Object.fromEntries(
    ['debug', 'log', 'info', 'warn', 'error'].map((level) => [level, printAll]),
  );
  limitHeap();
  const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
  python = await loadPyodide({
    indexURL: pyodide,
    // What `import js` gives to Python: nothing.
    jsglobals: Object.create(null),
    stdout: print,
    stderr: print,
    env: { HOME: '/home/node', PYTHONSAFEPATH: '1' },
  });
  for (const [path, text] of Object.entries(files)) {
    const target = `/remotemedia/${path}`;
    python.FS.mkdirTree(target.slice(0, target.lastIndexOf('/')));
    python.FS.writeFile(target, text);
  }
  python.FS.mkdirTree('/packages');
  python.runPython('import sys; sys.path[:] = ["/remotemedia", *filter(None, sys.path), "/packages"]');
  host = python.pyimport('pyodide_host');
  lockDown();
  port.post({ booted: true });
}

/** @param {{ heapLimitBytes?: number, packages: { name: string, data: Uint8Array }[] }} options of the node that this interpreter is for. */
function adopt({ heapLimitBytes: limit, packages }) {
  for (const { name, data } of packages)
    python.unpackArchive(data, name.endsWith('.whl') ? 'wheel' : 'zip', { extractDir: '/packages' });
  if (limit !== undefined) heapLimitBytes = limit;
  port.post({ adopted: true });
}

/** A heap that may not grow is a MemoryError in Python: Emscripten takes the exception for a refusal. */
function limitHeap() {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > heapLimitBytes) throw new RangeError('heap limit');
    return grow.call(this, pages);
  };
}

/**
 * Pyodide in Node reaches the files, processes and sockets of the machine (`os.system` runs commands). In a browser's worker it cannot,
 * so that is what it finds here. The one thing that it fetches are its own files.
 */
async function becomeBrowser(pyodide) {
  const { readFile } = await import('node:fs/promises');
  const contentType = (path) => (path.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream');
  globalThis.fetch = async (address) => {
    const url = String(address);
    if (!url.startsWith(pyodide)) throw new TypeError(`${url} is not available`);
    return new Response(await readFile(new URL(url)), { headers: { 'content-type': contentType(url) } });
  };
  globalThis.self = globalThis;
  globalThis.location = new URL(pyodide);
  globalThis.WorkerGlobalScope = { [Symbol.hasInstance]: () => true };
  delete globalThis.process;
}

/**
 * Closes the ways from Python to JavaScript by which code could be made or the network be reached. It keeps honest code where it belongs;
 * a barrier that hostile code cannot break it is not.
 */
function lockDown() {
  const makers = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const maker of makers) {
    const prototype = Object.getPrototypeOf(maker);
    Object.defineProperty(prototype, 'constructor', { value: refusing(prototype) });
  }
  replace('Function', Function.prototype.constructor);
  for (const name of [
    'eval',
    'fetch',
    'WebSocket',
    'WebSocketStream',
    'EventSource',
    'XMLHttpRequest',
    'WebTransport',
    'importScripts',
  ])
    replace(name, undefined);
  for (const name of ['indexedDB', 'caches', 'BroadcastChannel', 'Worker', 'SharedWorker', 'require'])
    replace(name, undefined);
}

/** In place of a constructor of functions; `instanceof` goes on working. */
function refusing(prototype) {
  const refuse = () => {
    throw new TypeError('code is not made here');
  };
  return Object.defineProperty(refuse, 'prototype', { value: prototype });
}

function replace(name, value) {
  if (name in globalThis)
    Object.defineProperty(globalThis, name, { value, configurable: false, writable: false });
}

function print(line) {
  const now = performance.now();
  if (now - printed.secondStart >= 1000) {
    printed.secondStart = now;
    printed.lines = 0;
    reportDropped();
  }
  if (printed.lines++ < printed.linesPerSecond) port.post({ log: line.slice(0, printed.lineCharacters) });
  else printed.dropped++;
}

function printAll(...things) {
  for (const line of things
    .map((thing) => thing?.stack ?? String(thing))
    .join(' ')
    .split('\n'))
    print(line);
}

function reportDropped() {
  if (printed.dropped > 0) port.post({ dropped: printed.dropped });
  printed.dropped = 0;
}

async function nodePort() {
  const { parentPort } = await import('node:worker_threads');
  return {
    post: (message, transfer) => parentPort.postMessage(message, transfer),
    listen: (handler) => parentPort.on('message', handler),
  };
}

function browserPort() {
  const { postMessage } = globalThis;
  return {
    post: (message, transfer = []) => postMessage(message, transfer),
    listen: (handler) => {
      globalThis.onmessage = ({ data }) => handler(data);
    },
  };
}
