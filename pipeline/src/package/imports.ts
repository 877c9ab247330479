/** What a JavaScript module imports, for messages. Statements alone count: they begin a line. */

const STATEMENT =
  /^[ \t]*(?:import|export)\b(?:[^'"`;()]{0,2000}?\bfrom)?\s*(['"])([^'"\n]+)\1|\bimport\s*\(\s*(['"])([^'"\n]+)\3/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm;

/** In the order in which they stand there. */
export function importsOf(text: string): string[] {
  const found = [...text.replace(COMMENT, '').matchAll(STATEMENT)];
  return [...new Set(found.map(([, , statement, , call]) => (statement ?? call)!))];
}
