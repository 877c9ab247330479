/** Never ends its import, where there is the file `<this file>?hang=<path>` names; without it, a node like any other. */
import { existsSync } from 'node:fs';
import { defineNode } from '@remotemedia/pipeline';

const flag = new URL(import.meta.url).searchParams.get('hang');
while (flag === null || existsSync(flag));

export const Imported = defineNode({
  type: 'Imported',
  summary: 'Gives what it gets.',
  create: () => ({ process: (item) => item }),
});
