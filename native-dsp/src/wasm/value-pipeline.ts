/** Pipelines of JSON values on WebAssembly. Each has an instance of its own. */
import type { ValuePipeline } from '../value-pipeline.js';
import { WasmInstance } from './instance.js';

export class WasmValuePipeline implements ValuePipeline {
  readonly graphInfo: string;
  readonly #compile: () => WasmInstance;
  #instance: WasmInstance;

  constructor(module: WebAssembly.Module, manifest: string) {
    this.#compile = () => {
      const instance = new WasmInstance(module);
      instance.call('values_create', ...instance.give(manifest));
      return instance;
    };
    this.#instance = this.#compile();
    this.graphInfo = this.#instance.reply();
  }

  execute(input: string): string {
    this.#instance.call('values_execute', ...this.#instance.give(input));
    return this.#instance.reply();
  }

  reset(): void {
    if (this.#instance.isLost) this.#instance = this.#compile();
    else this.#instance.call('values_reset');
  }
}
