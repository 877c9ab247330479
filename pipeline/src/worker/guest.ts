/**
 * Answers the gateway's requests for one node in JavaScript, inside its thread. Knows nothing of threads: `entry.ts` does. The twin of
 * `pipeline/python/remotemedia/host.py`.
 *
 * Outputs are made only as long as there is credit, so that a generator without end fills no queue; `more` brings new credit, `stop` ends
 * the generator and is answered by `stopped`, after whatever was on its way.
 */
import type { JsonValue } from '@remotemedia/native-dsp';
import { deliver } from '../external/checked-output.js';
import {
  type ExternalNode,
  type NodeContext,
  NodeFailure,
  type NodeOutput,
} from '../external/external-node.js';
import { definitionsOf } from '../external/module-host.js';
import { type Answer, decodeRequest, encodeAnswer, type Request } from '../guest/message.js';
import type { Item } from '../item.js';
import { isItem } from '../item-fault.js';
import { describeFailure } from './failure.js';

/** What requests to create a node or to describe a module say of it. */
interface ModuleFields {
  readonly href: string;
  /** Of the node to create. */
  readonly node_type: string;
}

/** Ends a generator whose outputs nobody wants. */
class Stopped extends Error {}

export class Guest {
  readonly #post: (message: Uint8Array<ArrayBuffer>) => void;
  #node: ExternalNode | undefined;
  #context: NodeContext | undefined;
  #credit = 0;
  /** A call whose outputs are not all there yet; resolves when it is over, however it ends. */
  #streaming: Promise<void> | undefined;
  #isStopped = false;
  /** Lets the call go on that waits for credit. */
  #resume: (() => void) | undefined;

  /** @param post sends an answer; the message is given away. */
  constructor(post: (message: Uint8Array<ArrayBuffer>) => void) {
    this.#post = post;
  }

  /** Takes a request. Never fails: what goes wrong is an answer. */
  async handle(message: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.#serve(decodeRequest<ModuleFields>(message));
    } catch (thrown) {
      this.#answer(describeFailure(thrown));
    }
  }

  async #serve(request: Request<ModuleFields>): Promise<void> {
    switch (request.op) {
      case 'describe': {
        const specs = (await importDefinitions(request.href)).map(({ spec }) => spec);
        return this.#answer({ is: 'value', value: specs as unknown as JsonValue });
      }
      case 'create':
        await this.#create(request);
        return this.#answer({ is: 'done' });
      case 'process':
        return this.#call(request.credit, (node, context) => node.process(request.item, context));
      case 'end_of_input':
        return this.#call(request.credit, (node, context) => node.endOfInput?.(context));
      case 'more':
        this.#credit = request.credit;
        return this.#resume?.();
      case 'stop':
        this.#isStopped = true;
        this.#resume?.();
        await this.#streaming;
        return this.#answer({ is: 'stopped' });
      case 'close':
        await this.#node?.close?.();
        return this.#answer({ is: 'done' });
    }
  }

  async #create({ href, node_type, node_id: nodeId, params }: Request<ModuleFields> & { op: 'create' }) {
    const definitions = await importDefinitions(href);
    const found = definitions.find(({ spec }) => spec.node_type === node_type);
    if (!found) {
      const names = definitions.map(({ spec }) => spec.node_type).join(', ') || 'none';
      const message = `the module defines no node ${node_type}; it has: ${names}`;
      throw new NodeFailure('permanent', 'node_type_missing', message);
    }
    // Whoever hangs hears no signal, so the thread is ended instead.
    this.#context = { nodeId, params, signal: new AbortController().signal };
    this.#node = found.create(params);
    await this.#node.initialize?.(this.#context);
  }

  async #call(
    credit: number,
    duty: (node: ExternalNode, context: NodeContext) => NodeOutput | Promise<NodeOutput>,
  ): Promise<void> {
    this.#credit = credit;
    this.#isStopped = false;
    const call = this.#deliver(duty);
    this.#streaming = call.then(
      () => {},
      () => {},
    );
    try {
      await call;
    } catch (thrown) {
      if (!(thrown instanceof Stopped) || !this.#isStopped) throw thrown;
    } finally {
      this.#streaming = undefined;
      this.#resume = undefined;
    }
  }

  async #deliver(
    duty: (node: ExternalNode, context: NodeContext) => NodeOutput | Promise<NodeOutput>,
  ): Promise<void> {
    const returned = duty(this.#node!, this.#context!);
    const output = returned instanceof Promise ? await returned : returned;
    // Alone, it needs no word that there are no more.
    const last = isItem(output);
    await deliver(output, (item) => this.#give(item, last));
    if (!last) this.#answer({ is: 'done' });
  }

  #give(item: Item, last: boolean): Promise<void> | undefined {
    if (this.#isStopped) throw new Stopped();
    this.#answer({ is: 'item', last, item });
    if (--this.#credit > 0 || last) return undefined;
    return new Promise((resolve, reject) => {
      this.#resume = () => {
        this.#resume = undefined;
        if (this.#isStopped) reject(new Stopped());
        else resolve();
      };
    });
  }

  #answer(answer: Answer): void {
    this.#post(encodeAnswer(answer));
  }
}

async function importDefinitions(href: string) {
  try {
    return await definitionsOf(href);
  } catch (cause) {
    if (cause instanceof NodeFailure) throw cause;
    const message = `the module cannot be imported: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new NodeFailure('permanent', 'import_failed', message, { cause });
  }
}
