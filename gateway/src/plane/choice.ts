/** Which plane carries media: the native one, or the same on WebAssembly where there is no addon. Used by the gateway when it is made. */
import {
  isNativeError,
  loadNative,
  type MediaPlaneOptions,
  type OfflineRuntime,
} from '@remotemedia/native-dsp';
import {
  chooseRuntime,
  type RuntimeChoice,
  type RuntimeName,
  RuntimeUnavailableError,
  validateManifest,
} from '@remotemedia/pipeline';
import { GatewayError } from '../errors.js';
import type { PlaneFactory } from './plane-port.js';
import { createWasmPlane } from './wasm/index.js';

/** Manifests; inline ones of clients count too. */
const MAX_REMEMBERED = 64;

export interface ChosenPlane {
  readonly runtime: RuntimeName;
  readonly create: PlaneFactory;
  /** Whether a manifest (JSON text) that compiles gives audio back. */
  readonly givesAudio: (manifest: string) => boolean;
  /** What plans the pipelines that it carries. */
  readonly offline: OfflineRuntime;
}

/**
 * @param wanted default: what the environment says.
 * @param warn gets the reason where it is not the native one, unless that was asked for.
 * @throws GatewayError `runtime_unavailable`.
 */
export function choosePlane(wanted: RuntimeChoice | undefined, warn: (message: string) => void): ChosenPlane {
  try {
    const { name, offline } = chooseRuntime({ ...(wanted === undefined ? {} : { wanted }), warn });
    const create = name === 'native' ? createNativePlane : createWasmPlane;
    return { runtime: name, create: namingAddresses(create), givesAudio: givesAudioBy(offline), offline };
  } catch (error) {
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    throw new GatewayError('runtime_unavailable', error.message, { cause: error });
  }
}

export const createNativePlane: PlaneFactory = (options, wake) =>
  new (loadNative().MediaPlane)(options, wake);

/** Where a port cannot be had, says which, and has `syscall` as the system's own errors have where a TCP port is taken. */
function namingAddresses(create: PlaneFactory): PlaneFactory {
  return (options, wake) => {
    try {
      return create(options, wake);
    } catch (error) {
      throw isNativeError(error) && error.code === 'bind_failed' ? nameAddress(error, options) : error;
    }
  };
}

function nameAddress(error: Error, { bindAddress, port }: MediaPlaneOptions): Error {
  const at = `UDP ${bindAddress ? `${bindAddress} ` : ''}port ${port}`;
  return Object.assign(error, { message: `${at}: ${error.message}`, syscall: 'bind' });
}

/** By the compiled plan, remembered for the pipelines that are used again and again. */
function givesAudioBy(runtime: OfflineRuntime): (manifest: string) => boolean {
  const known = new Map<string, boolean>();
  return (manifest) => {
    const remembered = known.get(manifest);
    if (remembered !== undefined) return remembered;
    const validation = validateManifest(manifest, { purpose: 'audio', runtime });
    // What does not compile is refused by the plane, with all complaints.
    const gives = validation.ok && (validation.plan as { output: unknown }).output !== null;
    if (known.size < MAX_REMEMBERED) known.set(manifest, gives);
    return gives;
  };
}
