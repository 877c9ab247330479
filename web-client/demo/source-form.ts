/** The part of the form that chooses what is sent: microphone or file, the device, the browser's own processing, the loop. */
import { GatewayError, listMicrophones, type MicrophoneOptions } from '../src/index.js';
import { byId, checkedValue, create } from './dom.js';

export type SourceKind = 'microphone' | 'file';

export class SourceForm {
  readonly #device = byId('device', HTMLSelectElement);
  readonly #fileInput = byId('file', HTMLInputElement);
  readonly #loop = byId('loop', HTMLInputElement);
  #file: File | undefined;
  onKindChange: (kind: SourceKind) => void = () => undefined;
  onLoopChange: (loop: boolean) => void = () => undefined;

  constructor() {
    for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="source"]')) {
      radio.addEventListener('change', () => this.#showKind());
    }
    this.#fileInput.addEventListener('change', () => this.#take(this.#fileInput.files?.[0]));
    this.#loop.addEventListener('change', () => this.onLoopChange(this.#loop.checked));
    this.#acceptDrops(byId('drop', HTMLElement));
    // Not there on insecure pages.
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.listDevices());
    this.#showKind();
  }

  get kind(): SourceKind {
    return checkedValue('source') === 'file' ? 'file' : 'microphone';
  }

  get loop(): boolean {
    return this.#loop.checked;
  }

  get microphone(): MicrophoneOptions {
    const on = (id: string) => byId(id, HTMLInputElement).checked;
    return {
      deviceId: this.#device.value || undefined,
      echoCancellation: on('echo-cancellation'),
      noiseSuppression: on('noise-suppression'),
      autoGainControl: on('auto-gain-control'),
    };
  }

  /** The chosen file; throws `GatewayError` and puts the focus on the chooser when there is none. */
  get file(): File {
    if (this.#file) return this.#file;
    this.#fileInput.focus();
    throw new GatewayError('file_missing');
  }

  /** Quiet when devices cannot be listed: connecting will say why. */
  async listDevices(): Promise<void> {
    const devices = await listMicrophones().catch(() => []);
    const chosen = this.#device.value;
    this.#device.replaceChildren(
      create('option', { value: '' }, 'Default microphone'),
      ...devices
        .filter(({ deviceId }) => deviceId !== 'default')
        .map(({ deviceId, label }, index) =>
          create('option', { value: deviceId }, label || `Microphone ${index + 1}`),
        ),
    );
    this.#device.value = chosen;
    if (this.#device.selectedIndex < 0) this.#device.value = '';
  }

  #showKind(): void {
    byId('microphone-options', HTMLElement).hidden = this.kind !== 'microphone';
    byId('file-options', HTMLElement).hidden = this.kind !== 'file';
    this.onKindChange(this.kind);
  }

  #take(file: File | undefined): void {
    if (!file) return;
    this.#file = file;
    const size = file.size / 1e6;
    byId('file-name', HTMLElement).textContent = `${file.name} (${size.toFixed(size < 1 ? 2 : 1)} MB)`;
  }

  #acceptDrops(area: HTMLElement): void {
    area.addEventListener('dragover', (event) => {
      event.preventDefault();
      area.classList.add('over');
    });
    area.addEventListener('dragleave', () => area.classList.remove('over'));
    area.addEventListener('drop', (event) => {
      event.preventDefault();
      area.classList.remove('over');
      if (!this.#fileInput.disabled && !this.#fileInput.matches(':disabled')) {
        this.#take(event.dataTransfer?.files[0]);
      }
    });
  }
}
