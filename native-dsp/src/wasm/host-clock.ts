/** The clock that measures pipelines: the half of `native-dsp/wasm/src/clock.rs` that tells the time. */

/** What an instance imports. An AudioWorklet has no `performance`. */
export const hostClock = { now_ms: (): number => globalThis.performance?.now() ?? Date.now() };
