/** Drawings of pipelines: a layered layout, and SVG made of it. For Node and browser. */
export {
  type Diagram,
  type DrawnNode,
  type DrawnPlan,
  diagramOf,
  INPUT,
  OUTPUT,
  strokeOf,
} from './diagram.js';
export {
  type Box,
  type Edge,
  type Layout,
  type LayoutOptions,
  layOut,
  type PlacedBox,
  type PlacedEdge,
  type Point,
} from './layout.js';
export { pathOf } from './path.js';
export { type SvgOptions, svgOf } from './svg.js';
