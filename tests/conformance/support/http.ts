/** HTTP: execute at once, and streams with server-sent events. */
import type { ExecuteResult, Problem } from '@remotemedia/signaling';
import { type ServerEvent, serverEvents } from './server-events.js';
import { type Conversation, converse, type Output, Refused, type Transport } from './transport.js';
import { fromWire, toWire } from './wire.js';

export const httpExecute = (url: string): Transport => ({
  name: 'HTTP execute',
  counted: 'http',
  async run(choice, items) {
    const { outputs, events } = await post<ExecuteResult>(new URL('/api/v1/execute', url), {
      ...choice,
      items: items.map(toWire),
    });
    return [...outputs, ...events].map(fromWire);
  },
});

export const httpStream = (url: string): Transport => ({
  name: 'HTTP stream',
  counted: 'http',
  run: (choice, items) => converse(open(url, choice), items),
  open: (choice) => open(url, choice),
});

async function open(url: string, choice: object): Promise<Conversation> {
  const { session_id } = await post<{ session_id: string }>(new URL('/api/v1/stream', url), choice);
  const at = (path: string) => new URL(`/api/v1/stream/${session_id}${path}`, url);
  const connection = new AbortController();
  return {
    push: (item) => post(at('/input'), { items: [toWire(item)] }).then(() => {}),
    end: () => post(at('/input'), { end: true }).then(() => {}),
    async results() {
      const outputs: Output[] = [];
      const response = await fetch(at('/output'), { signal: connection.signal });
      for await (const event of serverEvents(response)) outputs.push(...outputsOf(event));
      return outputs;
    },
    cancel: async () => {
      await fetch(at(''), { method: 'DELETE' });
    },
    vanish: () => connection.abort(),
  };
}

function outputsOf({ event, data }: ServerEvent): Output[] {
  if (event === 'failure') throw new Refused(JSON.parse(data).code);
  return event === 'message' ? [fromWire(JSON.parse(data))] : [];
}

export async function post<T>(url: URL, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Refused(((await response.json()) as Problem).code);
  return (await response.json()) as T;
}
