/** The banner that says what went wrong and what to do, in words; announced to screen readers by its role. */
import { GatewayError } from '../src/index.js';
import { byId, create } from './dom.js';

export class Banner {
  readonly #element = byId('banner', HTMLElement);

  constructor() {
    byId('banner-dismiss', HTMLButtonElement).addEventListener('click', () => this.hide());
  }

  show(failure: unknown): void {
    const error =
      failure instanceof GatewayError
        ? failure
        : new GatewayError('protocol', {
            detail: failure instanceof Error ? failure.message : String(failure),
          });
    if (error.code === 'cancelled') return;
    this.#element.dataset['code'] = error.code;
    byId('banner-message', HTMLElement).textContent = error.message;
    const wait = error.retryAfterSeconds ? ` (about ${error.retryAfterSeconds} s)` : '';
    byId('banner-advice', HTMLElement).textContent = error.advice + wait;
    const complaints = byId('banner-complaints', HTMLUListElement);
    complaints.hidden = error.complaints.length === 0;
    complaints.replaceChildren(
      ...error.complaints.map(({ path, message, hint }) =>
        create('li', {}, create('code', {}, path), ` ${message}${hint ? ` ${hint}` : ''}`),
      ),
    );
    byId('banner-more', HTMLElement).hidden = error.detail === undefined;
    byId('banner-detail', HTMLElement).textContent = error.detail ?? '';
    this.#element.hidden = false;
    this.#element.scrollIntoView({ block: 'nearest' });
  }

  hide(): void {
    this.#element.hidden = true;
    delete this.#element.dataset['code'];
  }
}
