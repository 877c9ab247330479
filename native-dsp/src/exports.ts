/** What there is for Node and for pages alike: errors and types. Nothing here imports Node. */
export {
  type Complaint,
  complaintPlace,
  isNativeError,
  NATIVE_ERROR_CODES,
  type NativeError,
  type NativeErrorCode,
  NativeUnavailableError,
  nativeError,
  WasmUnavailableError,
} from './errors.js';
export type * from './media-plane.js';
export type * from './metrics.js';
export type { Native } from './native.js';
export type * from './nodes.gen.js';
export type * from './offline-pipeline.js';
export type * from './pipeline-plan.js';
export type * from './rate-converter.js';
export type * from './resampler.js';
export type { Interpolation, ManifestKind, ManifestValidation, OfflineRuntime, Replaced } from './runtime.js';
export type * from './samples.js';
export type * from './value-pipeline.js';
