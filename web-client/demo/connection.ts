/** How the connection stands: one button, one sentence, four steps. */
import { CONNECTION_STEPS, type ConnectionPhase } from '../src/index.js';
import { byId } from './dom.js';

const SENTENCES: Record<ConnectionPhase, string> = {
  idle: 'Not connected',
  signaling: 'Connecting: asking the gateway',
  ice: 'Connecting: looking for a network path',
  dtls: 'Connecting: agreeing on encryption',
  media: 'Connecting: waiting for audio',
  connected: 'Connected',
  interrupted: 'Interrupted: looking for a way back',
  closed: 'Not connected',
};

export class ConnectionView {
  readonly #button = byId('connect', HTMLButtonElement);
  readonly #fields = byId('setup-fields', HTMLFieldSetElement);
  readonly #steps = [...byId('steps', HTMLOListElement).children] as HTMLElement[];
  /** What the sentence says after a failure, until the next attempt. */
  #failure: string | undefined;
  #wasUp = false;

  show(phase: ConnectionPhase): void {
    const ended = phase === 'idle' || phase === 'closed';
    const up = phase === 'connected' || phase === 'interrupted';
    if (!ended) this.#failure = undefined;
    if (phase === 'signaling') this.#wasUp = false;
    if (up) this.#wasUp = true;
    document.body.dataset['phase'] = phase;
    this.#fields.disabled = !ended;
    byId('connect-label', HTMLElement).textContent = ended ? 'Connect' : up ? 'Disconnect' : 'Cancel';
    byId('state', HTMLElement).textContent = this.#failure ?? SENTENCES[phase];
    this.#button.dataset['phase'] = phase;
    const at = CONNECTION_STEPS.indexOf(phase as (typeof CONNECTION_STEPS)[number]);
    const failed = ended && this.#failure !== undefined;
    document.body.toggleAttribute('data-failed', failed);
    this.#steps.forEach((step, index) => {
      if (failed) {
        // The step that failed stays marked; of a connection that was up, it is the last.
        const broke = this.#wasUp ? index === this.#steps.length - 1 : step.dataset['status'] === 'current';
        if (broke) step.dataset['status'] = 'failed';
        else if (this.#wasUp) step.dataset['status'] = 'open';
        return;
      }
      step.dataset['status'] = up || (at >= 0 && index < at) ? 'done' : index === at ? 'current' : 'open';
    });
  }

  showFailure(): void {
    this.#failure = this.#wasUp ? 'Connection lost' : 'Connection failed';
    this.show('closed');
  }
}
