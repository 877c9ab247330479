/**
 * The list of events, newest first. Noisy types are hidden until asked for; what is kept and what is shown are both bounded, so that an
 * hour of speech costs no more than a minute.
 */
import type { SessionEvent } from '../src/index.js';
import { byId, create } from './dom.js';
import { EVENT_GROUPS, type EventGroup, summarise } from './event-summary.js';
import { timeOf } from './event-time.js';
import { mediaTime } from './format.js';

const MAX_KEPT_PER_GROUP = 100;
const MAX_ROWS = 150;

const FILTERS: { group: EventGroup; label: string; shown: boolean }[] = [
  { group: 'speech', label: 'Speech', shown: true },
  { group: 'utterances', label: 'Utterances', shown: true },
  { group: 'results', label: 'Results', shown: true },
  { group: 'session', label: 'Session', shown: true },
  { group: 'problems', label: 'Problems', shown: true },
  { group: 'levels', label: 'Levels', shown: false },
  { group: 'probabilities', label: 'Probabilities', shown: false },
];

export class EventList {
  readonly #list = byId('events', HTMLOListElement);
  readonly #shown = new Set<EventGroup>();
  readonly #kept = new Map<EventGroup, SessionEvent[]>();
  /** Kept, so that a filter does not interrupt an utterance that plays, or close what was opened. */
  readonly #rows = new WeakMap<SessionEvent, HTMLElement>();
  #total = 0;

  constructor() {
    byId('filters', HTMLElement).append(...FILTERS.map((filter) => this.#filterBox(filter)));
  }

  add(event: SessionEvent): void {
    const group = EVENT_GROUPS[event.type] ?? 'problems';
    const kept = this.#kept.get(group) ?? [];
    this.#kept.set(group, kept);
    kept.push(event);
    if (kept.length > MAX_KEPT_PER_GROUP) kept.shift();
    this.#total++;
    byId('event-count', HTMLElement).textContent = `${this.#total} in all`;
    if (!this.#shown.has(group)) return;
    this.#list.prepend(this.#row(event));
    while (this.#list.childElementCount > MAX_ROWS) this.#list.lastElementChild!.remove();
    byId('events-empty', HTMLElement).hidden = true;
  }

  clear(): void {
    this.#kept.clear();
    this.#total = 0;
    byId('event-count', HTMLElement).textContent = '';
    this.#rebuild();
  }

  #row(event: SessionEvent): HTMLElement {
    const known = this.#rows.get(event) ?? row(event);
    this.#rows.set(event, known);
    return known;
  }

  #rebuild(): void {
    const events = [...this.#shown].flatMap((group) => this.#kept.get(group) ?? []);
    events.sort((a, b) => b.seq - a.seq);
    this.#list.replaceChildren(...events.slice(0, MAX_ROWS).map((event) => this.#row(event)));
    byId('events-empty', HTMLElement).hidden = events.length > 0;
  }

  #filterBox({ group, label, shown }: (typeof FILTERS)[number]): HTMLElement {
    const box = create('input', { type: 'checkbox', 'data-testid': `filter-${group}` });
    box.checked = shown;
    if (shown) this.#shown.add(group);
    box.addEventListener('change', () => {
      if (box.checked) this.#shown.add(group);
      else this.#shown.delete(group);
      this.#rebuild();
    });
    return create('label', { class: 'chip' }, box, create('span', {}, label));
  }
}

function row(event: SessionEvent): HTMLElement {
  const { atMs, fromMs, delayMs } = timeOf(event);
  const delay = Math.round(delayMs);
  const summary = create(
    'summary',
    {},
    create('span', { class: 'event-type' }, event.type.replaceAll('_', ' ')),
    create(
      'span',
      { class: 'event-text' },
      summarise(event) + (fromMs === undefined ? '' : `, from ${mediaTime(fromMs)}`),
    ),
    create('time', { class: 'event-time' }, mediaTime(atMs)),
    create(
      'span',
      { class: 'event-delay', title: 'Detection delay: media processed since it happened' },
      delay > 0 ? `+${delay} ms` : '',
    ),
  );
  const item = create(
    'li',
    {
      'data-testid': 'event-row',
      'data-type': event.type,
      'data-group': EVENT_GROUPS[event.type] ?? 'problems',
      'data-seq': String(event.seq),
      'data-media-time-ms': String(event.media_time_ms),
      'data-detection-delay-ms': String(event.detection_delay_ms),
    },
    create('details', {}, summary, details(event)),
  );
  if ((event.type === 'utterance' || event.type === 'audio_evidence') && event.url !== null) {
    // Relative to the page, so that a prefix of a reverse proxy is kept.
    const src = event.url.replace(/^\//, '');
    item.append(
      create('audio', {
        controls: '',
        // At once: when the session ends, the gateway forgets its utterances.
        preload: 'auto',
        src,
        'aria-label': `${event.type === 'utterance' ? 'Utterance' : 'Evidence'} ${event.index + 1}`,
        'data-testid': 'utterance-audio',
      }),
    );
  }
  return item;
}

function details(event: SessionEvent): HTMLElement {
  const list = create('dl', {});
  for (const [name, value] of Object.entries(event)) {
    list.append(create('dt', {}, name), create('dd', {}, detail(value)));
  }
  return list;
}

function detail(value: unknown): string {
  if (Array.isArray(value)) return value.length > 64 ? `${value.length} values` : value.join(', ');
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(3) : String(value);
}
