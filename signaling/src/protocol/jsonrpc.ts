/** The JSON-RPC 2.0 envelope (https://www.jsonrpc.org/specification), before the method is looked at. */
import { type Static, Type } from 'typebox';
import { Complaint } from './complaint.js';
import { Nullable } from './schema.js';

export const RpcId = Nullable(Type.Union([Type.String({ maxLength: 128 }), Type.Number()]));
export type RpcId = Static<typeof RpcId>;

export const RpcRequest = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  method: Type.String({ minLength: 1, maxLength: 64 }),
  params: Type.Optional(Type.Unknown()),
  id: Type.Optional(RpcId),
});
export type RpcRequest = Static<typeof RpcRequest>;

export const RpcError = Type.Object({
  code: Type.Integer({ description: 'JSON-RPC error code' }),
  message: Type.String(),
  data: Type.Object({
    code: Type.String({ description: 'Stable code, the same as in REST problems' }),
    reason: Type.Optional(Type.String({ description: 'Detail, where there is more to say than message' })),
    complaints: Type.Optional(Type.Array(Complaint)),
  }),
});
export type RpcError = Static<typeof RpcError>;

export const RpcSuccess = Type.Object({ jsonrpc: Type.Literal('2.0'), result: Type.Unknown(), id: RpcId });
export type RpcSuccess = Static<typeof RpcSuccess>;

export const RpcFailure = Type.Object({ jsonrpc: Type.Literal('2.0'), error: RpcError, id: RpcId });
export type RpcFailure = Static<typeof RpcFailure>;

export type RpcResponse = RpcSuccess | RpcFailure;
