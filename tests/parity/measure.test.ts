import { loadNative, loadWasmFile } from '@remotemedia/native-dsp';
import { it } from 'vitest';
import { casesOf, type NodeType } from './cases.js';
import { record } from './record.js';
import { vectorFor } from './vector.js';
it('measures', () => {
  const native = loadNative(), wasm = loadWasmFile();
  const catalogue = JSON.parse(wasm.nodeCatalogue()) as NodeType[];
  let tn = 0, tw = 0, n = 0;
  for (const node of catalogue) for (const c of casesOf(node, catalogue)) {
    const planes = vectorFor(c.format);
    let t = performance.now(); const a = record(native, c, planes); tn += performance.now() - t;
    t = performance.now(); const b = record(wasm, c, planes); tw += performance.now() - t; n++;
    let max = 0, at = -1, e = 0, p = 0;
    for (let i = 0; i < a.audio.length; i++) { const d = Math.abs(a.audio[i]! - b.audio[i]!); e += d*d; p += a.audio[i]!**2; if (d > max) { max = d; at = i; } }
    const ev = a.events.filter((x, i) => x !== b.events[i]).length + Math.abs(a.events.length - b.events.length);
    const first = a.events.findIndex((x, i) => x !== b.events[i]);
    let um = 0; a.utterances.forEach((u, k) => u.samples.forEach((s, i) => { um = Math.max(um, Math.abs(s - (b.utterances[k]?.samples[i] ?? 1e9))); }));
    if (max > 0 || ev || a.error !== b.error || a.audio.length !== b.audio.length || um) console.log(c.name, 'max', max.toExponential(2), 'at', at, 'rel', Math.sqrt(e / (p + 1e-30)).toExponential(2), 'events differ', ev, '/', a.events.length, 'utt', um, a.error, b.error, ev ? a.events[first] + '\n' + b.events[first] : '');
  }
  console.log(n, 'cases', tn, tw);
}, 600000);
