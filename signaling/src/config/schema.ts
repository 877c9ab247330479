/**
 * Every key of the configuration: type, range, default, unit. The one place where defaults live;
 * `configs/gateway.yaml` shows the same to people, and a test holds the two together.
 */
import { isIP } from 'node:net';
import { type Static, Type } from 'typebox';

const Port = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: value, description });
const Whole = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });
const IpAddress = (options: { readonly default?: string; readonly description?: string }) =>
  Type.Refine(
    Type.String(options),
    (text) => isIP(text) !== 0 || text === options.default,
    () => 'must be an IP address',
  );
const closed = { additionalProperties: false } as const;

export const IceServer = Type.Object(
  {
    urls: Type.Array(Type.String({ pattern: '^(stun|turn|turns):[^\\s]+$' }), { minItems: 1, maxItems: 8 }),
    username: Type.Optional(Type.String({ minLength: 1 })),
    credential: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);
export type IceServer = Static<typeof IceServer>;

export const ConfigSchema = Type.Object(
  {
    http: Type.Object(
      {
        host: Type.String({ minLength: 1, default: '0.0.0.0', description: 'Address to listen on' }),
        port: Port(8080, 'TCP port of page, REST, WebSocket and WHIP; 0 takes a free one'),
        trust_proxy: Type.Boolean({ default: false, description: 'Believe X-Forwarded-* headers' }),
      },
      closed,
    ),
    media: Type.Object(
      {
        port: Port(8189, 'UDP port of all audio; 0 takes a free one'),
        bind_address: IpAddress({ default: '', description: 'Address to bind; empty means all' }),
        announce_addresses: Type.Array(IpAddress({}), {
          default: [],
          maxItems: 16,
          description: 'IP addresses told to clients; empty means those of this machine',
        }),
        threads: Whole(0, 0, 64, 'Media threads; 0 means one less than there are cores'),
      },
      closed,
    ),
    ice: Type.Object(
      {
        servers: Type.Array(IceServer, {
          default: [],
          maxItems: 8,
          description: 'STUN and TURN servers for the clients to use',
        }),
      },
      closed,
    ),
    sessions: Type.Object(
      {
        max: Whole(100, 1, 65535, 'Sessions at once; more are refused with 503'),
        negotiate_timeout_ms: Whole(15000, 100, 600000, 'From a session to its offer, ms'),
        connect_timeout_ms: Whole(15000, 100, 600000, 'From the answer to the connection, ms'),
        inactivity_ms: Whole(500, 100, 600000, 'Without packets for so long, open speech is ended, ms'),
        retry_after_s: Whole(5, 1, 3600, 'When refused clients should come back, seconds'),
        utterances_kept: Whole(16, 0, 10000, 'Utterances kept for download, per session'),
        utterance_bytes: Whole(8388608, 0, 1073741824, 'Memory for kept utterances, bytes per session'),
      },
      closed,
    ),
    pipelines: Type.Object(
      {
        directory: Type.String({ minLength: 1, default: 'pipelines', description: 'Folder of manifests' }),
        default: Type.String({
          minLength: 1,
          default: 'voice-enhance',
          description: 'For clients that name none',
        }),
        watch: Type.Boolean({ default: true, description: 'Serve what changes in the folder' }),
        load_timeout_ms: Whole(30000, 100, 600000, 'Longest import of a module that a pipeline names, ms'),
      },
      closed,
    ),
    execution: Type.Object(
      {
        max_sessions: Whole(100, 1, 65535, 'Execution sessions at once; more are refused with 503'),
        idle_timeout_ms: Whole(
          300000,
          100,
          86400000,
          'Without input and output for so long, it is closed, ms',
        ),
        execute_timeout_ms: Whole(30000, 100, 3600000, 'Longest call of execute, ms'),
        item_bytes: Whole(16777216, 4096, 268435456, 'Largest item and largest body of a request, bytes'),
        result_bytes: Whole(67108864, 4096, 1073741824, 'All results of one call of execute, bytes'),
        output_items: Whole(1000, 1, 1000000, 'Results kept for the reader of an HTTP stream'),
        output_bytes: Whole(8388608, 4096, 1073741824, 'The same, bytes'),
        slow_consumer_ms: Whole(10000, 100, 600000, 'A client that takes nothing for so long is cut off, ms'),
      },
      closed,
    ),
    grpc: Type.Object(
      {
        enabled: Type.Boolean({ default: false, description: 'Serve gRPC' }),
        host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on' }),
        port: Port(50051, 'TCP port of gRPC; 0 takes a free one'),
        message_bytes: Whole(4194304, 4096, 268435456, 'Largest message that is read, bytes'),
        connection_streams: Whole(100, 1, 65535, 'Calls at once on one connection'),
      },
      closed,
    ),
    limits: Type.Object(
      {
        message_bytes: Whole(1048576, 4096, 67108864, 'Largest message or body that is read, bytes'),
        requests_per_minute: Whole(600, 1, 1000000, 'HTTP requests per client address and minute'),
        messages_per_minute: Whole(600, 1, 1000000, 'WebSocket requests per socket and minute'),
        outgoing_bytes: Whole(1048576, 4096, 67108864, 'Unsent bytes per WebSocket before it is closed'),
        websockets: Whole(1000, 1, 65535, 'WebSockets at once'),
        heartbeat_s: Whole(20, 1, 3600, 'Time between pings on a WebSocket, seconds'),
      },
      closed,
    ),
    metrics: Type.Object(
      {
        enabled: Type.Boolean({ default: true, description: 'Measure pipelines and serve /metrics' }),
      },
      closed,
    ),
    security: Type.Object(
      {
        allowed_origins: Type.Array(Type.String({ pattern: '^(\\*|https?://[^/\\s]+)$' }), {
          default: [],
          maxItems: 64,
          description: 'Web origins allowed besides the own; "*" allows all',
        }),
      },
      closed,
    ),
    logging: Type.Object(
      {
        level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
          default: 'info',
          description: 'What is logged',
        }),
        format: Type.Enum(['auto', 'json', 'text'], { default: 'auto', description: 'How it is written' }),
      },
      closed,
    ),
  },
  closed,
);

/** The configuration's content, readable by all. */
export type ConfigValues = Static<typeof ConfigSchema>;
