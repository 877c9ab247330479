/** Nodes in JavaScript in threads of their own. For Node only. */
export { type WorkerHostOptions, workerHost } from './host.js';
