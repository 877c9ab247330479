/** The runtime on WebAssembly, for Node and browsers alike: nothing here imports Node. */
export { isNativeError, type NativeError } from '../errors.js';
export type { AudioFormat, OfflinePipeline, OfflineUtterance } from '../offline-pipeline.js';
export type { RateConversion, RateConverter } from '../rate-converter.js';
export type { Resampler, Resampling } from '../resampler.js';
export type { ManifestValidation, OfflineRuntime } from '../runtime.js';
export type { SampleFormat, SampleFunctions, Samples, SamplesOf } from '../samples.js';
export type { ValuePipeline } from '../value-pipeline.js';
export { WasmInstance } from './instance.js';
export {
  type HeardFrame,
  type MediaSessionOptions,
  type MediaSessionStart,
  type MediaSessionStats,
  type SessionCodec,
  type SessionEvent,
  type TappedFrame,
  WasmMediaSession,
} from './media-session.js';
export { loadWasm, type WasmModule, type WasmSource, wasmRuntime } from './runtime.js';
