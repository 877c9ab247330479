/** The colours of style.css for what is drawn on canvas; read again when the colour scheme changes. */
const NAMES = ['input', 'output', 'speech', 'mark', 'grid', 'text-muted', 'threshold'] as const;
type ColourName = (typeof NAMES)[number];

export type Palette = Record<ColourName, string>;

export function createPalette(onChange: () => void): Palette {
  const palette = {} as Palette;
  const read = () => {
    const style = getComputedStyle(document.documentElement);
    for (const name of NAMES) palette[name] = style.getPropertyValue(`--${name}`).trim();
  };
  read();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    read();
    onChange();
  });
  return palette;
}

/** A colour of the palette (`#rrggbb`) with an opacity from 0 to 1. */
export function translucent(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
