/** A node that gives many outputs for one input, counting how many have been made, and one that gives those that are easily lost. */
import { defineNode } from '@remotemedia/pipeline';

let made = 0;
let ended = 0;
const value = (it) => ({ kind: 'value', value: it });

function* numbers(count) {
  try {
    for (let n = 0; n < count; n++) {
      made++;
      yield value(n);
    }
  } finally {
    ended++;
  }
}

async function* later(count) {
  for (const number of numbers(count)) {
    await null;
    yield number;
  }
}

export default defineNode({
  type: 'Outputs',
  summary: 'Many outputs for one input.',
  create: () => ({
    process(item) {
      const wanted = item.value;
      if (wanted === 'made') return value({ made, ended });
      if (wanted === 'falsy') return [0, '', false, null, [], {}].map(value);
      if (wanted === 'half')
        return (function* () {
          yield value(1);
          throw new Error('half way');
        })();
      if (wanted === 'endless') return numbers(Number.POSITIVE_INFINITY);
      return wanted.later ? later(wanted.count) : numbers(wanted.count);
    },
    endOfInput: () => value('over'),
  }),
});

/** Gives the value again, after some turns of the event loop, each another number of them. */
export const Slow = defineNode({
  type: 'Slow',
  summary: 'Takes its time.',
  create: () => ({
    process: async (item) => {
      for (let turn = 0; turn < item.value % 3; turn++) await new Promise(setImmediate);
      return item;
    },
  }),
});
