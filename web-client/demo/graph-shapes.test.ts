import { type Diagram, layOut } from '@remotemedia/pipeline/drawing';
import { expect, it, vi } from 'vitest';
import { GraphShapes } from './graph-shapes.js';

const chain: Diagram = {
  ids: ['a', 'b', 'c'],
  edges: [
    { from: 'a', to: 'b', carries: ['audio'] },
    { from: 'b', to: 'c', carries: ['audio'] },
  ],
};

it('draws from left to right where there is room, else downwards, and as narrow as it can where there is none', () => {
  const shapes = new GraphShapes(chain);
  const wide = shapes.fitting(1_000);
  expect(wide.direction).toBe('right');
  const medium = shapes.fitting(wide.layout.width - 1);
  expect(medium.direction).toBe('right');
  expect(medium.layout.width).toBeLessThan(wide.layout.width);
  expect(shapes.fitting(200)).toMatchObject({ direction: 'down', layout: { width: 152 } });
  expect(shapes.fitting(1)).toMatchObject({ direction: 'down', layout: { width: 136 } });
});

it('lays out no shape that is not needed, and none twice', () => {
  const counting = vi.fn(layOut);
  const shapes = new GraphShapes(chain, counting);
  for (let room = 1_000; room > 900; room--) shapes.fitting(room);
  expect(counting).toHaveBeenCalledTimes(1);
  for (let room = 1_000; room > 0; room--) shapes.fitting(room);
  expect(counting).toHaveBeenCalledTimes(5);
});
