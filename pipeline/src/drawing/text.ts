/** Text in a drawing whose fonts nobody knows: how wide it may be, cut to fit, and safe in XML. */

/** Of a character in ems: monospaced ones take 0.6, those of East Asia and emoji a whole em. */
const widthOf = (character: string): number => (character.codePointAt(0)! < 0x1100 ? 0.6 : 1);

/** In ems; proportional fonts mostly take less. */
export function widthInEms(text: string): number {
  return [...text].reduce((width, character) => width + widthOf(character), 0);
}

/** Cut where it would be wider, with an ellipsis. */
export function fitted(text: string, maxEms: number): string {
  if (widthInEms(text) <= maxEms) return text;
  let width = 1;
  const kept: string[] = [];
  for (const character of text) {
    width += widthOf(character);
    if (width > maxEms) break;
    kept.push(character);
  }
  return `${kept.join('')}…`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * For content and attributes. Control characters, which XML does not allow, lone surrogates, and characters that turn the direction of
 * what is around them become blanks.
 */
export function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\p{Cn}\p{Bidi_Control}]/gu, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
