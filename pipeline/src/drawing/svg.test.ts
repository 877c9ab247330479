import type { PlannedConnection } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { type DrawnNode, INPUT, OUTPUT } from './diagram.js';
import { svgOf } from './svg.js';

const node = (id: string, rest: Partial<DrawnNode> = {}): DrawnNode => ({
  id,
  node_type: 'GainNode',
  part: 'audio',
  executor: null,
  is_source: false,
  is_output: false,
  ...rest,
});
const audio = (from: string, to: string): PlannedConnection => ({ from, to, carries: ['audio'] });
const draw = (
  parts: DrawnNode[],
  connections: PlannedConnection[] = [],
  latencyMs = new Map<string, number>(),
) => svgOf({ parts, connections }, { title: 'Pipeline test', latencyMs });

describe('a drawing', () => {
  it('tells of every node its id, its type, who runs it and how long it delays', () => {
    const svg = draw([node('denoise', { node_type: 'DenoiseNode' })], [], new Map([['denoise', 7.54]]));
    for (const text of ['denoise', 'DenoiseNode', 'audio graph · 7.5 ms'])
      expect(svg).toContain(`>${text}</text>`);
  });

  it('shows by shape and in words what runs a node', () => {
    const svg = draw([
      node('a'),
      node('v', { part: 'value' }),
      node('p', { part: 'external', executor: 'python' }),
    ]);
    const groupOf = (part: string) => new RegExp(`<g class="${part}">.*</g>`).exec(svg)![0];
    expect(groupOf('audio')).toContain('rx="8"');
    expect(groupOf('value')).toContain('rx="33"');
    expect(groupOf('external')).toMatch(/<path class="box".*>python</);
  });

  it('shows what connections carry, and where the input comes in and the output leaves', () => {
    const parts = [node('a', { is_source: true }), node('b', { is_output: true })];
    const svg = draw(parts, [{ from: 'a', to: 'b', carries: ['audio', 'event'] }]);
    expect(svg).toContain('>audio, event</text>');
    expect(svg.match(/marker-end/g)).toHaveLength(3);
    expect(svg).toContain('>in</text>');
    expect(svg).toContain('>out</text>');
  });

  it('says in words what it shows, for those who do not see it', () => {
    const svg = draw([node('a', { is_source: true }), node('b', { is_output: true })], [audio('a', 'b')]);
    expect(svg).toContain('role="img" aria-labelledby="remotemedia-title remotemedia-desc"');
    expect(svg).toContain('<title id="remotemedia-title">Pipeline test</title>');
    expect(svg).toContain('>the input leads to a; a leads to b (audio); b leads to the output.</desc>');
    expect(svg).not.toContain(INPUT);
    expect(svg).not.toContain(OUTPUT);
  });

  it('has colours for light and dark, and needs nothing from elsewhere', () => {
    const svg = draw([node('a')]);
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|href/);
  });

  it('makes no markup of what anybody named a node', () => {
    const evil = '</text><script>alert("1")</script>&\'\u0000\u202e\ud800';
    const svg = draw([node('a', { node_type: evil, part: 'external', executor: 'javascript' })]);
    expect(svg).not.toContain('<script');
    for (const character of '\u0000\u202e\ud800') expect(svg).not.toContain(character);
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;');
    expect(svgOf({ parts: [], connections: [] }, { title: evil })).not.toContain('<script');
  });

  it('cuts a type that is too long and keeps all of it in the tooltip', () => {
    const type = `Very${'Long'.repeat(40)}Node`;
    const svg = draw([node('a', { node_type: type })]);
    expect(svg).toMatch(/>Very(Long)+[Long]*…<\/text>/);
    expect(svg).toContain(`<title>a: ${type}, audio graph</title>`);
  });
});
