/**
 * What code throws where nobody can catch it: in a promise that was dropped, in a timer, in a listener. Told at most once a second, counted
 * always.
 */
const QUIET_MS = 1000;

export type UnheardCounts = Readonly<Record<'exception' | 'rejection', number>>;

export class UnheardFailures {
  readonly counts = { exception: 0, rejection: 0 };
  #toldMs = Number.NEGATIVE_INFINITY;
  #untold = 0;

  /** @param tell gets how many there were since it was called last. */
  constructor(
    private readonly tell: (kind: keyof UnheardCounts, thrown: unknown, times: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  record(kind: keyof UnheardCounts, thrown: unknown): void {
    this.counts[kind] += 1;
    this.#untold += 1;
    const now = this.now();
    if (now - this.#toldMs < QUIET_MS) return;
    this.tell(kind, thrown, this.#untold);
    this.#toldMs = now;
    this.#untold = 0;
  }
}

/** Where a line of a stack was: what stands last, in parentheses or alone. */
const PLACE = /^ {4}at (?:.*\()?(.+?)(?::\d+)*\)?$/;
/** Modules of packages are imported by such an address, and nothing else is. */
const PACKAGED = 'data:text/javascript';

/** Where Node calls listeners of an `EventTarget`, as an `AbortSignal` is: it catches what they throw, and throws it anew by itself. */
const DISPATCH = /^ {4}at .*kHybridDispatch\] \(node:internal\/event_target:/;

/**
 * Whether an exception went through code of the operator's modules and of Node alone, down to where Node called it or caught it: then nothing of
 * the gateway was left half done. One without a stack, with a line of anything else, or whose stack may be cut off before its end, is none.
 * @param folder path of the folder below which the modules are.
 * @param address the same as a URL.
 */
export function isOfModules(thrown: unknown, folder: string, address: string): boolean {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return false;
  const lines = thrown.stack.split('\n').filter((line) => PLACE.test(line));
  const dispatch = lines.findIndex((line) => DISPATCH.test(line));
  if (dispatch < 0 && lines.length >= Error.stackTraceLimit) return false;
  const passed = dispatch < 0 ? lines : lines.slice(0, dispatch + 1);
  const places = passed.map((line) => PLACE.exec(line)![1]!);
  const isModule = (place: string) =>
    [folder, address, PACKAGED].some((beginning) => place.startsWith(beginning));
  const isNode = (place: string) =>
    place.startsWith('node:') || place === '<anonymous>' || place === 'native';
  return (
    places.some(isModule) &&
    places.every((place) => isModule(place) || isNode(place)) &&
    places.at(-1)!.startsWith('node:')
  );
}
