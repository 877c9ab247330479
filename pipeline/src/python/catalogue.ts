/** The node types in Python that come with the gateway. What is said here is what the files say about themselves; a test compares. */
import type { ExternalSpec } from '@remotemedia/native-dsp';

export interface BundledPythonNode {
  /** Below `pipeline/python/nodes`. */
  readonly file: string;
  readonly className: string;
  readonly spec: ExternalSpec;
}

export const PYTHON_NODES: readonly BundledPythonNode[] = [
  {
    file: 'text_processor.py',
    className: 'TextProcessorNode',
    spec: {
      node_type: 'TextProcessorNode',
      executor: 'python',
      summary: 'Counts, turns and rewrites texts.',
      params: [
        {
          name: 'operations',
          type: 'json',
          default: ['uppercase'],
          documentation:
            'What is done with a text that does not say so itself: a list of uppercase, lowercase, reverse, word_count, char_count, title_case, remove_spaces, first_word, last_word.',
        },
      ],
      takes: ['value'],
      gives: ['value'],
    },
  },
  {
    file: 'data_transform.py',
    className: 'DataTransformNode',
    spec: {
      node_type: 'DataTransformNode',
      executor: 'python',
      summary: 'Passes numbers on, doubled or plus one.',
      params: [
        {
          name: 'operation',
          type: 'choice',
          options: ['passthrough', 'double', 'increment'],
          default: 'passthrough',
          documentation:
            'passthrough gives any value as it is; double and increment take numbers, and lists of numbers however deep.',
        },
      ],
      takes: ['value'],
      gives: ['value'],
    },
  },
];

/** Their specs, for `planPipeline` and `validateManifest`. */
export const PYTHON_NODE_SPECS: readonly ExternalSpec[] = PYTHON_NODES.map(({ spec }) => spec);
