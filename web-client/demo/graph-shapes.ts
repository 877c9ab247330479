/** The shapes in which a pipeline can be drawn. Each is laid out when it is first needed, and once: large graphs take their time. */
import {
  type Diagram,
  INPUT,
  type Layout,
  type LayoutOptions,
  layOut,
  OUTPUT,
} from '@remotemedia/pipeline/drawing';

export interface Shape {
  readonly direction: LayoutOptions['direction'];
  readonly layout: Layout;
}

/** From left to right where there is room, else downwards, with boxes of less and less width in pixels. */
const SHAPES: readonly { direction: Shape['direction']; width: number }[] = [
  { direction: 'right', width: 178 },
  { direction: 'right', width: 152 },
  { direction: 'right', width: 132 },
  { direction: 'down', width: 152 },
  { direction: 'down', width: 136 },
];
const NODE_HEIGHT = 84;
const TERMINAL = { width: 38, height: 26 };

export class GraphShapes {
  readonly #diagram: Diagram;
  readonly #layOut: typeof layOut;
  readonly #shapes: Shape[] = [];

  constructor(diagram: Diagram, layOutBoxes = layOut) {
    this.#diagram = diagram;
    this.#layOut = layOutBoxes;
  }

  /** The first that is no wider than `room`; where none is, the narrowest. */
  fitting(room: number): Shape {
    for (let index = 0; index < SHAPES.length; index++) {
      this.#shapes[index] ??= this.#shape(SHAPES[index]!);
      if (this.#shapes[index]!.layout.width <= room) return this.#shapes[index]!;
    }
    return this.#shapes.reduce((a, b) => (b.layout.width < a.layout.width ? b : a));
  }

  #shape({ direction, width }: (typeof SHAPES)[number]): Shape {
    const { ids, edges } = this.#diagram;
    const sizeOf = (id: string) =>
      id === INPUT || id === OUTPUT ? TERMINAL : { width, height: NODE_HEIGHT };
    const boxes = ids.map((id) => ({ id, ...sizeOf(id) }));
    return { direction, layout: this.#layOut(boxes, edges, { direction, bend: 26, gap: 14 }) };
  }
}
