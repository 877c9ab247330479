/** A folder of pipelines and the server that serves it. `echo` is there from the beginning, and the default. */
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReloadResult, RunningServer } from '@remotemedia/signaling';
import { execute, startOnLoopback } from './server.js';

export class ServedFolder {
  readonly log: Record<string, unknown>[] = [];
  readonly #path = mkdtempSync(join(tmpdir(), 'pipelines-'));
  #server: RunningServer | undefined;

  constructor() {
    const echo = new URL('../../configs/pipelines/echo.yaml', import.meta.url);
    copyFileSync(echo, join(this.#path, 'echo.yaml'));
  }

  get server(): RunningServer {
    if (this.#server === undefined) throw new Error('the folder is not served');
    return this.#server;
  }

  write(file: string, content: string | Uint8Array): void {
    writeFileSync(join(this.#path, file), content);
  }

  rename(from: string, to: string): void {
    renameSync(join(this.#path, from), join(this.#path, to));
  }

  remove(file: string): void {
    rmSync(join(this.#path, file));
  }

  async serve(more: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
    const folder = { REMOTEMEDIA_PIPELINES_DIRECTORY: this.#path, REMOTEMEDIA_PIPELINES_DEFAULT: 'echo' };
    this.#server = await startOnLoopback({ ...folder, ...more }, (line) => this.log.push(JSON.parse(line)));
    return this.#server;
  }

  /** What comes first of what a change is to come to. @returns the name of the pipeline, or of the refused file. */
  changed(kind: ReloadResult, change: () => void): Promise<string> {
    const { pipelines } = this.server;
    const told = new Promise<string>((resolve) => {
      const listen = (result: ReloadResult, name: string) => {
        if (result !== kind) return;
        pipelines.off('reloaded', listen);
        resolve(name);
      };
      pipelines.on('reloaded', listen);
    });
    change();
    return told;
  }

  execute(body: object): Promise<Record<string, unknown>> {
    return execute(this.server, body);
  }

  async close(): Promise<void> {
    await this.#server?.close();
    rmSync(this.#path, { recursive: true });
  }
}
