/** Colours and type of a drawing that stands alone. Plain properties, twice: many viewers know no variables. */

interface Colours {
  readonly page: string;
  readonly box: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly audio: string;
  readonly value: string;
  readonly external: string;
}

const LIGHT: Colours = {
  page: '#f3f5f8',
  box: '#ffffff',
  text: '#16202c',
  muted: '#5a6878',
  line: '#6b7a8a',
  audio: '#0d9488',
  value: '#3b6fd9',
  external: '#7c3aed',
};

const DARK: Colours = {
  page: '#0c1117',
  box: '#141b23',
  text: '#e8eef4',
  muted: '#93a1b0',
  line: '#8794a3',
  audio: '#2dd4bf',
  value: '#7aa5ff',
  external: '#a78bfa',
};

/** Below `.remotemedia-graph`, for a drawing may stand inside a page. */
const rules = (colours: Colours): string =>
  [
    ['.page', `fill:${colours.page}`],
    ['.box', `fill:${colours.box};stroke:${colours.line}`],
    ['.audio .box', `stroke:${colours.audio}`],
    ['.value .box', `stroke:${colours.value}`],
    ['.external .box', `stroke:${colours.external}`],
    ['.id', `fill:${colours.text}`],
    ['.type,.note', `fill:${colours.muted}`],
    ['.edge', `stroke:${colours.line}`],
    ['.tip', `fill:${colours.line}`],
    ['.carries', `fill:${colours.muted};stroke:${colours.page}`],
  ]
    .map(([selectors, properties]) => {
      const scoped = selectors!.split(',').map((selector) => `.remotemedia-graph ${selector}`);
      return `${scoped.join(',')}{${properties}}`;
    })
    .join('\n');

export const STYLE = `.remotemedia-graph text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.remotemedia-graph .id{font:600 13px ui-monospace,"SF Mono","DejaVu Sans Mono",monospace}
.remotemedia-graph .note,.remotemedia-graph .carries{font-size:11px}
.remotemedia-graph .box{stroke-width:1.5}
.remotemedia-graph .edge{fill:none;stroke-width:1.5}
.remotemedia-graph .edge.event{stroke-dasharray:6 4}
.remotemedia-graph .edge.value,.remotemedia-graph .edge.binary{stroke-dasharray:2 3}
.remotemedia-graph .carries{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
${rules(LIGHT)}
@media (prefers-color-scheme:dark){
${rules(DARK)}
}`;
