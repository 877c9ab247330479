/**
 * The runtimes on JSON values: every node that works on them, with every parameter at each of its ends, on seeded values of every kind. All of it
 * is arithmetic that is exactly defined, so texts are compared, errors included. Runs in a browser too.
 */
import { isNativeError, type OfflineRuntime } from '@remotemedia/native-dsp/wasm';
import { ends, type NodeType } from './cases.js';

export interface ValueCase {
  /** Unique. */
  readonly name: string;
  readonly manifest: string;
}

const VALUES = 300;
const WORDS = ['add', 'divide', 'power', '12', '-0.5', '1e999', 'inf', '', 'ä€😀'];
const OPERATIONS = ['add', 'subtract', 'multiply', 'divide', 'power', 'modulo', 'guess'];
/** As texts: JavaScript has no whole numbers of 64 bits. */
const EDGES = ['0', '-0.0', '-1', '7', '0.1', '-9223372036854775808', '18446744073709551615'];
const EXTREMES = ['9007199254740993', '1.7976931348623157e308', '2.2250738585072014e-308', '5e-324'];

export function valueCasesOf({ node_type, params }: NodeType): ValueCase[] {
  const make = (setting: string, params: object): ValueCase => ({
    name: `${node_type} on values, ${setting}`,
    manifest: JSON.stringify({ version: 'v1', nodes: [{ id: 'node', node_type, params }] }),
  });
  return [
    make('defaults', {}),
    ...params.flatMap((param) =>
      ends(param).map((value) =>
        make(`${param.name}=${value}`, { [param.name]: value, ...operandFor(param) }),
      ),
    ),
  ];

  /** A choice of operation means nothing without its second operand. */
  function operandFor({ type }: NodeType['params'][number]): object {
    return type === 'choice' && params.some(({ name }) => name === 'operand') ? { operand: 3 } : {};
  }
}

/** What one pipeline makes of all values in turn: texts, of results or of errors. */
export function recordValues(runtime: OfflineRuntime, { manifest }: ValueCase): string[] {
  const pipeline = new runtime.ValuePipeline(manifest);
  return [pipeline.graphInfo, ...values().map((value) => outcome(() => pipeline.execute(value)))];
}

function outcome(execute: () => string): string {
  try {
    return execute();
  } catch (error) {
    if (!isNativeError(error)) throw error;
    const { code, message, nodeId, inputIndex, hint } = error;
    return JSON.stringify({ code, message, nodeId, inputIndex, hint });
  }
}

/** JSON texts, the same ones every time. */
function values(): string[] {
  let state = 20_240_607;
  /** Park and Miller 1988; a whole number below the bound. */
  const draw = (bound: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
  const one = (of: readonly string[]) => of[draw(of.length)]!;
  const number = () =>
    [one(EDGES), one(EXTREMES), `${draw(2_000) - 1_000}`, `${(draw(1e6) - 5e5) / 977}`][draw(4)]!;
  const list = (depth: number) => `[${Array.from({ length: draw(4) }, () => value(depth + 1)).join()}]`;
  const question = () =>
    `{"operation":"${one(OPERATIONS)}","${one(['operands', 'args'])}":[${number()},${number()}]}`;
  const value = (depth: number): string => {
    const kind = draw(depth > 3 ? 6 : 8);
    if (kind < 3) return number();
    if (kind === 3) return question();
    if (kind === 4) return JSON.stringify(one(WORDS));
    if (kind === 5) return one(['null', 'true', 'false']);
    return kind === 6 ? list(depth) : `{"x":${value(depth + 1)}}`;
  };
  return [...EDGES, ...EXTREMES, '', '{', ...Array.from({ length: VALUES }, () => value(0))];
}
