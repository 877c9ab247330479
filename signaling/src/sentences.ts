/**
 * Joins what is wrong and what helps, written by different hands, into text for people: no part is empty, there
 * is one full stop between two, and what follows it has a capital. None at the end: titles and log lines have none.
 */
export function sentences(first: string, ...others: readonly (string | undefined)[]): string {
  const trimmed = [first, ...others].map((part) => (part ?? '').trim().replace(/[.:]+$/, ''));
  return trimmed
    .filter((part) => part !== '')
    .map((part, index) => (index === 0 ? part : capital(part)))
    .join('. ');
}

/** With a capital, if it begins with a word: names such as `a=mid` stay what they are. */
export const capital = (text: string): string =>
  text.replace(/^[a-z](?=[a-z]* |[a-z]*$)/, (letter) => letter.toUpperCase());
