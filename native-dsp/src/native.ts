/** The whole surface of the addon, as `loadNative` gives it. Written by hand; a test compares it with the addon. */

import type { MediaPlaneConstructor } from './media-plane.js';
import type { OfflineRuntime } from './runtime.js';

export interface Native extends OfflineRuntime {
  readonly MediaPlane: MediaPlaneConstructor;
  /** Version text of the bundled libopus. */
  readonly opusVersion: string;
}
