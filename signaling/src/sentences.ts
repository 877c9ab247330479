/**
 * Joins what is wrong and what helps, written by different hands, into text for people: no part is empty, one
 * full stop divides two parts that have none, and what follows it has a capital. A full stop at the end is left
 * out: titles and log lines have none.
 */
export function sentences(first: string, ...others: readonly (string | undefined)[]): string {
  const parts = [first, ...others].map((part) => (part ?? '').trim().replace(/(?<!\.)[.:]$/, ''));
  return parts
    .filter((part) => part !== '')
    .reduce((text, part) => `${text}${/[.?!]$/.test(text) ? '' : '.'} ${capital(part)}`);
}

/** With a capital, if it begins with a word: names such as `a=mid` stay what they are. */
export const capital = (text: string): string =>
  text.replace(/^[a-z](?=[a-z]* |[a-z]*$)/, (letter) => letter.toUpperCase());
