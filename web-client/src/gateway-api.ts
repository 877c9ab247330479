/** The gateway's REST surface as far as a browser needs it. Every method rejects with `GatewayError`. */
import type { PipelineList, PipelineMetrics, SessionView, Version } from '@remotemedia/signaling/protocol';
import { fromHttpProblem } from './error-mapping.js';
import { GatewayError } from './errors.js';

export class GatewayApi {
  readonly #base: URL;

  /** `url`: address of the gateway's page, with or without trailing slash; `ws:` is taken for `http:`. */
  constructor(url: string | URL) {
    this.#base = gatewayBase(url);
  }

  version(signal?: AbortSignal): Promise<Version> {
    return this.#get('version', signal);
  }

  pipelines(signal?: AbortSignal): Promise<PipelineList> {
    return this.#get('api/v1/pipelines', signal);
  }

  session(id: string, signal?: AbortSignal): Promise<SessionView> {
    return this.#get(`api/v1/sessions/${encodeURIComponent(id)}`, signal);
  }

  /** Rejects with `not_found` where the session is over or the gateway does not measure. */
  metrics(id: string, signal?: AbortSignal): Promise<PipelineMetrics> {
    return this.#get(`api/v1/sessions/${encodeURIComponent(id)}/metrics`, signal);
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
