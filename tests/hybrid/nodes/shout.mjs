/** A node in a module, as a manifest names it. Its description is what `defineNode` makes. */
export const Shout = {
  spec: {
    node_type: 'Shout',
    summary: 'Writes in capitals, with so many exclamation marks.',
    executor: 'javascript',
    params: [{ name: 'marks', type: 'integer', min: 0, max: 9, default: 1, documentation: 'How many.' }],
    takes: ['value'],
    gives: ['value'],
  },
  create: ({ marks }) => ({
    process: ({ value }) => ({ kind: 'value', value: String(value).toUpperCase() + '!'.repeat(marks) }),
  }),
};
