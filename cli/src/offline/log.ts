/** What nodes print, and what is said of them: results are on standard output. */
export const printLine = (line: string) => void process.stderr.write(`${line}\n`);
