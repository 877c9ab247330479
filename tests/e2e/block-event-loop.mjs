/** Loaded into the gateway's process by a test: blocks its event loop for half a second on SIGUSR2. */
const BLOCK_MS = 500;

process.on('SIGUSR2', () => {
  const end = performance.now() + BLOCK_MS;
  while (performance.now() < end);
  process.stderr.write('event loop was blocked\n');
});
