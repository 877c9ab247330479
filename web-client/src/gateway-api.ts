/** The gateway's REST surface as far as a browser needs it. Every method rejects with `GatewayError`. */
import { fromHttpProblem } from './error-mapping.js';
import { GatewayError } from './errors.js';

export interface GatewayVersion {
  version: string;
  /** Which runtime the pipelines run in: `native`, `wasm`. */
  runtime: string;
}

export interface PipelineNode {
  id: string;
  node_type: string;
  params?: Record<string, unknown>;
}

export interface PipelineSummary {
  name: string;
  description: string;
  nodes: PipelineNode[];
  connections: { from: string; to: string }[];
}

export interface PipelineList {
  /** Name of the pipeline that is used when none is asked for. */
  default: string | null;
  pipelines: PipelineSummary[];
}

export interface Percentiles {
  p50: number;
  p99: number;
}

/** Statistics of the media session, snake_case as on the wire. Loss counts are of audio that reached the gateway. */
export interface SessionStatistics {
  packets_received: number;
  packets_lost: number;
  frames_concealed: number;
  jitter_ms: number;
  round_trip_ms: number | null;
  packets_sent: number;
  /** Packet in to processed packet out. */
  gateway_latency_us: Percentiles & { max: number; count: number };
  processing_us: Percentiles;
  events_dropped: number;
  media_time_ms: number;
}

export interface SessionView {
  id: string;
  state: 'new' | 'connecting' | 'connected' | 'closed';
  pipeline: string | null;
  statistics: SessionStatistics | null;
}

export class GatewayApi {
  readonly #base: URL;

  /** `url`: address of the gateway's page, with or without trailing slash; `ws:` is taken for `http:`. */
  constructor(url: string | URL) {
    this.#base = gatewayBase(url);
  }

  version(signal?: AbortSignal): Promise<GatewayVersion> {
    return this.#get('version', signal);
  }

  pipelines(signal?: AbortSignal): Promise<PipelineList> {
    return this.#get('api/v1/pipelines', signal);
  }

  session(id: string, signal?: AbortSignal): Promise<SessionView> {
    return this.#get(`api/v1/sessions/${encodeURIComponent(id)}`, signal);
  }

  async #get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.#base), {
        headers: { accept: 'application/json' },
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      if (signal?.aborted) throw new GatewayError('cancelled', { cause });
      throw new GatewayError('gateway_unreachable', { cause });
    }
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as Answer;
  }
}

/** The typed error for an HTTP answer that is not 2xx, with or without a problem document. */
export async function problemOf(response: Response): Promise<GatewayError> {
  const body: unknown = await response.json().catch(() => undefined);
  return fromHttpProblem(response.status, body, response.headers.get('retry-after'));
}

/** The gateway's HTTP root with a trailing slash, so that relative paths resolve below a prefix too. */
export function gatewayBase(url: string | URL): URL {
  const base = new URL(url, globalThis.location?.href);
  base.protocol = base.protocol.replace(/^ws/, 'http');
  base.hash = '';
  base.search = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}
