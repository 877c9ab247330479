/**
 * Where the gateway writes what no caller gets: refusals of the plane, mistakes of ours and of listeners. The shape of pino's logger, so
 * signaling hands in its own. The steps of a session's life are events (`session_opened`, `state`, `session_closed`), for it to log.
 */
export interface GatewayLog {
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export const SILENT: GatewayLog = { warn() {}, error() {} };
