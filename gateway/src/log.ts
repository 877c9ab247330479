/** Where the gateway writes: the shape of pino's logger, so signaling hands in its own. Once per step of a session's life, never per packet. */
export interface GatewayLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export const SILENT: GatewayLog = { info() {}, warn() {}, error() {} };
