import { expect, it } from 'vitest';
import { PRINT_LIMITS } from './interpreter.js';
import { PrintedLines } from './printed-lines.js';

function printed(): { lines: string[]; print: PrintedLines } {
  const lines: string[] = [];
  return { lines, print: new PrintedLines((line) => lines.push(line)) };
}

it('puts lines together from pieces, and gives the last one without its end', () => {
  const { lines, print } = printed();
  for (const piece of ['on', 'e\ntw', 'o\n', '\nlast']) print.push(piece, 0);
  expect(lines).toEqual(['one', 'two', '']);
  print.end(0);
  expect(lines).toEqual(['one', 'two', '', 'last']);
});

it('cuts a line that never ends', () => {
  const { lines, print } = printed();
  for (let at = 0; at < 100; at++) print.push('x'.repeat(1000), 0);
  print.end(0);
  expect(lines).toEqual(['x'.repeat(PRINT_LIMITS.lineCharacters)]);
});

it('drops lines beyond the limit of a second, says how many, and goes on in the next', () => {
  const { lines, print } = printed();
  for (let at = 0; at < PRINT_LIMITS.linesPerSecond + 3; at++) print.push('line\n', 999);
  expect(lines).toHaveLength(PRINT_LIMITS.linesPerSecond);
  print.push('next\n', 1999);
  expect(lines.slice(-2)).toEqual(['… 3 more lines were printed', 'next']);
});
