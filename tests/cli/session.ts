/**
 * Runs many command lines in one process, for tests: starting Node and compiling costs more than
 * most of them. A line of JSON in (the arguments), a line of JSON out (an `Outcome`).
 */
import { createInterface } from 'node:readline';
import { main } from '../../cli/main.ts';

const reply = process.stdout.write.bind(process.stdout);
const streams = ['stdout', 'stderr'] as const;

for await (const line of createInterface({ input: process.stdin })) {
  const said = { stdout: '', stderr: '' };
  for (const name of streams) {
    process[name].write = ((text: string) => {
      said[name] += text;
      return true;
    }) as typeof process.stdout.write;
  }
  const status = await main(JSON.parse(line));
  reply(`${JSON.stringify({ status, ...said })}\n`);
}
