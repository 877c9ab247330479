/** The runtime on WebAssembly: the interface of the native one, made from a compiled module. */
import { checkedRuntime } from '../checked-runtime.js';
import type { AudioFormat } from '../offline-pipeline.js';
import type { RateConversion } from '../rate-converter.js';
import type { Resampling } from '../resampler.js';
import type { OfflineRuntime } from '../runtime.js';
import { WasmInstance } from './instance.js';
import { NO_EXTERNALS, WasmOfflinePipeline } from './offline-pipeline.js';
import { WasmRateConverter } from './rate-converter.js';
import { WasmResampler } from './resampler.js';
import { sampleFunctions } from './samples.js';
import { WasmValuePipeline } from './value-pipeline.js';

/** The compiled module, for those who have no types of the web. */
export type WasmModule = WebAssembly.Module;

/** What a module can be made from: its bytes, a response that has them, a compiled module. */
export type WasmSource = WebAssembly.Module | BufferSource | Response | PromiseLike<Response>;

/**
 * Compiles the module, once for as many pipelines as there will be.
 * @param source in a browser `fetch(url)`, so that it compiles while it loads.
 */
export async function loadWasm(source: WasmSource): Promise<OfflineRuntime> {
  return wasmRuntime(await compile(source));
}

/** The runtime of a module that is compiled already. */
export function wasmRuntime(module: WebAssembly.Module): OfflineRuntime {
  return checkedRuntime({
    ...sampleFunctions(module),
    OfflinePipeline: class extends WasmOfflinePipeline {
      constructor(manifest: string, format: AudioFormat, externals?: string) {
        super(module, manifest, format, externals);
      }
    },
    RateConverter: class extends WasmRateConverter {
      constructor(options: RateConversion) {
        super(module, options);
      }
    },
    Resampler: class extends WasmResampler {
      constructor(options: Resampling) {
        super(module, options);
      }
    },
    nodeCatalogue: () => ask(module, (instance) => instance.call('node_catalogue')),
    ValuePipeline: class extends WasmValuePipeline {
      constructor(manifest: string) {
        super(module, manifest);
      }
    },
    validateManifest: (text, purpose, externals = NO_EXTERNALS) =>
      ask(module, (instance) => {
        const isForAudio = purpose === 'audio' ? 1 : 0;
        instance.call('validate_manifest', ...instance.give(text), isForAudio, ...instance.give(externals));
      }),
    interpolateManifest: (text, environment) =>
      ask(module, (instance) =>
        instance.call('interpolate_manifest', ...instance.give(text), ...instance.give(environment)),
      ),
    complaintsAsWritten: (complaints, replaced) =>
      ask(module, (instance) =>
        instance.call('complaints_as_written', ...instance.give(complaints), ...instance.give(replaced)),
      ),
    externalMentions: (text) =>
      ask(module, (instance) => instance.call('external_mentions', ...instance.give(text))),
    planPipeline: (text, purpose, externals = NO_EXTERNALS) =>
      ask(module, (instance) => {
        const isForAudio = purpose === 'audio' ? 1 : 0;
        instance.call('plan_pipeline', ...instance.give(text), isForAudio, ...instance.give(externals));
      }),
    version: JSON.parse(ask(module, (instance) => instance.call('versions'))).version,
  });
}

/** One question, one instance: a trap on one manifest is nothing to the next. */
function ask(module: WebAssembly.Module, question: (instance: WasmInstance) => void): string {
  const instance = new WasmInstance(module);
  question(instance);
  return instance.reply();
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = await source;
  if (!response.ok) throw new Error(`${response.url} answers ${response.status}`);
  // Servers that do not know the type must not matter.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
