/** Manifests in the dialects of the RemoteMedia SDK, condensed from what there is, become manifest v1 or are refused with the reason. */
import { readFileSync } from 'node:fs';
import { AudioPipeline, Pipeline, validateManifest } from '@remotemedia/pipeline';
import { type ImportResult, importManifest } from '@remotemedia/pipeline/import';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { describe, expect, it } from 'vitest';

const text = (file: string) => readFileSync(new URL(`fixtures/manifests/${file}`, import.meta.url), 'utf8');
const imported = (file: string) => importManifest(text(file), { externals: PYTHON_NODE_SPECS });

function sound(file: string) {
  const result = imported(file);
  if (!result.ok) throw new Error(JSON.stringify(result.complaints));
  return { ...result, manifest: result.manifest as Manifest, said: said(result) };
}

function refused(file: string) {
  const result = imported(file);
  if (result.ok) throw new Error('this was to be refused');
  return { said: said(result), reasons: result.complaints.map(({ path, message }) => `${path}: ${message}`) };
}

const said = ({ notes }: ImportResult) => notes.map(({ path, message }) => `${path} ${message}`);

interface Manifest {
  version: string;
  metadata: Record<string, unknown>;
  nodes: { id: string; node_type: string; params?: Record<string, unknown>; is_output_node?: boolean }[];
  connections: object[];
}

describe('the importer', () => {
  it('leaves what is manifest v1 as it is', () => {
    for (const file of ['calculator.json', 'placement.json']) {
      const { manifest, said } = sound(file);
      expect(said).toEqual([]);
      expect(manifest).toEqual(JSON.parse(text(file)));
    }
  });

  it('unwraps a manifest and hands out the input beside it', () => {
    const { manifest, input, said } = sound('wrapped-text.json');
    expect(manifest.nodes[0]!.node_type).toBe('TextProcessorNode');
    expect(input).toEqual(JSON.parse(text('wrapped-text.json')).input_data);
    expect(said).toEqual(['manifest is the manifest; what is wrapped around it is left out']);
  });

  it('makes the manifest run whose gate refused its VAD', () => {
    const { manifest, said } = sound('vad-bidirectional.json');
    expect(said).toContain('nodes[0].params.chunkSize is called chunk_size');
    expect(said).toContain('nodes[3].params.speechPadMs is called prefix_padding_ms');
    const pipeline = AudioPipeline.fromText(JSON.stringify(manifest));
    expect(pipeline.outputFormat).toEqual({ sampleRate: 48_000, channels: 1 });
  });

  it('names every model that does not come along, at its place', () => {
    const { said, reasons } = refused('speech-to-speech-camel.json');
    expect(reasons).toEqual([
      'nodes[3].node_type: `LFM2Audio` answers speech with a model that does not come along.',
      'nodes[4].node_type: `KokoroTTSNode` speaks with a model that does not come along.',
    ]);
    expect(said).toEqual(
      expect.arrayContaining([
        'version "1.0" is v1',
        'config has no effect here and is left out',
        'nodes[0].nodeType is called node_type',
        'nodes[0].isStreaming is called is_streaming',
        'connections[0].type is unknown here and left out',
      ]),
    );
    expect(refused('contact-centre.yaml').reasons).toEqual([
      'nodes[1].node_type: `SpeakerDiarizationNode` tells speakers apart with a model that does not come along.',
    ]);
    expect(refused('remote-echo.json').reasons).toEqual([
      'nodes[1].node_type: `RemotePipelineNode` runs a pipeline on another machine.',
    ]);
  });

  it('keeps monitors that all hear the input, and leaves out a parameter that never was one', () => {
    const { manifest, said } = sound('stream-health.yaml');
    expect(manifest.nodes).toHaveLength(4);
    expect(said).toEqual([
      'nodes[2].params.clipping_threshold is no parameter of ClippingDetectorNode and left out',
    ]);
  });

  it('takes the ends out that are drawn as nodes, and marks the output', () => {
    const { manifest, said } = sound('containers-edges.json');
    expect(manifest).toEqual({
      version: 'v1',
      metadata: { name: 'edges', description: 'Input and output drawn as nodes' },
      nodes: [
        { id: 'louder_one', node_type: 'GainNode', params: { gain_db: 6 } },
        { id: 'limit', node_type: 'LimiterNode', params: {}, is_output_node: true },
      ],
      connections: [{ from: 'louder_one', to: 'limit' }],
    });
    expect(said).toEqual(
      expect.arrayContaining([
        'edges is called connections',
        'nodes[1].id "louder one" is louder_one',
        'nodes[1].executor multiprocess is left out: what can run the node does',
        'nodes[1].params.device is no parameter of GainNode and left out',
        'edges[2] stands twice and is left out',
        'edges[3] is left out: input and output are no nodes here',
      ]),
    );
  });

  it('renames types and their parameters, and tells the two that are called VADNode apart', () => {
    const { manifest } = sound('voice-assistant.yaml');
    expect(manifest.version).toBe('v1');
    expect(manifest.metadata['name']).toBe('listener');
    expect(manifest.nodes).toEqual([
      { id: 'resample', node_type: 'FastResampleNode', params: { target_rate: 16_000, quality: 'high' } },
      { id: 'vad', node_type: 'RustVADNode', params: { frame_duration_ms: 30, energy_threshold: 0.02 } },
    ]);
  });

  it('takes source and destination, and warns of a factor that the SDK did not read', async () => {
    const { manifest, said } = sound('bindings.json');
    expect(manifest.connections).toEqual([
      { from: 'by_three', to: 'both' },
      { from: 'plus', to: 'both' },
    ]);
    expect(said).toEqual(
      expect.arrayContaining([
        'nodes[0].params.multiplier is read: it multiplies by 3, where the SDK took 2',
        'connections[0].from_port output is left out: the connection carries everything',
      ]),
    );
  });

  it('keeps an input that feeds the middle of the graph', () => {
    const nodes = ['gain', 'mix'].map((id) => ({ id, node_type: id === 'mix' ? 'MixNode' : 'GainNode' }));
    const edges = [
      ['Input', 'gain'],
      ['gain', 'mix'],
      ['Input', 'mix'],
      ['mix', 'Output'],
    ];
    const connections = edges.map(([from, to]) => ({ from, to }));
    const result = importManifest({ version: '1.0', nodes, connections });
    const { manifest } = result as unknown as { manifest: Manifest };
    expect(result.ok && manifest.connections).toEqual([
      { from: 'input', to: 'gain' },
      { from: 'input', to: 'mix' },
      { from: 'gain', to: 'mix' },
    ]);
    expect(manifest.nodes[0]).toEqual({ id: 'input', node_type: 'PassThrough' });
  });

  it('keeps ids apart that would come to the same', () => {
    const nodes = ['a b', 'a_b', 'a.b'].map((id) => ({ id, nodeType: 'GainNode' }));
    const edges = [
      { from: 'a b', to: 'a_b' },
      { from: 'a_b', to: 'a.b' },
    ];
    const result = importManifest({ version: '1.0', nodes, edges });
    const { manifest } = result as unknown as { manifest: Manifest };
    expect(result.ok && manifest.nodes.map(({ id }) => id)).toEqual(['a_b_2', 'a_b', 'a_b_3']);
    expect(manifest.connections).toEqual([
      { from: 'a_b_2', to: 'a_b' },
      { from: 'a_b', to: 'a_b_3' },
    ]);
  });

  it('looks names up in its own tables alone, and loses no parameters that are none', () => {
    const odd = {
      version: '1.0',
      constructor: 1,
      nodes: [{ id: 'a', nodeType: 'constructor', toString: 1, params: [1] }],
    };
    const result = importManifest(JSON.stringify(odd));
    expect(said(result)).toEqual(expect.arrayContaining(['constructor has no effect here and is left out']));
    expect(result.ok ? '' : result.complaints[0]!.message).toContain('`constructor` is no node type');
    const list = { version: '1.0', nodes: [{ id: 'a', nodeType: 'GainNode', config: [1] }] };
    const listed = importManifest(JSON.stringify(list));
    expect(listed.ok ? [] : listed.complaints.map(({ code }) => code)).toContain('wrong_type');
  });

  it('refuses what manifests of no version mean, at the paths of the source', () => {
    expect(refused('future.json').reasons).toEqual(['version: Version `v2` is not supported.']);
    const nodes = [
      { id: 'in', type: 'Input' },
      { id: 'a', type: 'GainNode', config: { gainDb: 900 } },
    ];
    const result = importManifest({
      version: '1.0.0',
      nodes,
      edges: [
        { from: 'in', to: 'a' },
        { from: 'a', to: 'b' },
      ],
    });
    expect(result.ok ? [] : result.complaints.map(({ path }) => path)).toEqual([
      'nodes[1].params.gain_db',
      'edges[1].to',
    ]);
    for (const source of ['', 'nonsense', '[1, 2', '{"a": 1, "a": 2}', 'null', '[]']) {
      const { ok } = importManifest(source);
      expect(ok, source).toBe(false);
    }
  });

  it('names a list as the source does, the first where two mean the same', () => {
    const nodes = [{ id: 'a', type: 'GainNode' }];
    const astray = [{ from: 'a', to: 'b' }];
    const complaintsAbout = (source: object) => {
      const result = importManifest(source);
      return result.ok ? [] : result.complaints.map(({ path }) => path);
    };
    expect(complaintsAbout({ nodes, connections: astray, edges: [] })).toEqual(['connections[0].to']);
    expect(complaintsAbout({ nodes, edges: astray, connections: [] })).toEqual(['edges[0].to']);
    expect(complaintsAbout({ nodes, links: astray })).toEqual(['links[0].to']);
    expect(complaintsAbout({ nodes: [{ id: 'a', node_type: 'Nope' }], links: 'none' })).toEqual([
      'nodes[0].node_type',
      'links',
    ]);
    expect(complaintsAbout({ pipeline: [{ id: 'a', type: 'Nope' }] })).toEqual(['pipeline[0].node_type']);
    expect(said(importManifest({ nodes, edges: [], connections: [] }))).toContain(
      'connections is left out, because edges stands there as well',
    );
  });

  it('gives what runs and calculates as before', async () => {
    const { manifest } = sound('calculator.json');
    expect((await Pipeline.fromManifest(manifest).run([5, 7, 3])).value).toEqual([20, 24, 16]);
  });

  it('has nothing more to say about its own output', () => {
    for (const file of [
      'vad-bidirectional.json',
      'containers-edges.json',
      'voice-assistant.yaml',
      'bindings.json',
    ]) {
      const { manifest } = sound(file);
      const again = importManifest(manifest);
      expect(again.ok && again.manifest).toEqual(manifest);
      expect(validateManifest(JSON.stringify(manifest)).ok).toBe(true);
    }
  });
});
