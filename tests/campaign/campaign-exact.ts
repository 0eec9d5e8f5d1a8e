/**
 * `npm run campaign:exact [-- CASES]`: random networks with every activation, on every lane count, in
 * the RTL and in `golden/fixed`, bit for bit. What is done is kept: stopped, it goes on from there.
 * `tests/system/rtl-equals-fixed.test.ts` is its short form.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { createDraw, drawCase } from '../system/random-network.ts';
import { runCase, widthsOf } from '../system/run-case.ts';
import { openSimulated } from '../system/simulated.ts';

const CASES = Number(process.argv[2] ?? 100_000);
const BOARDS = ['icebreaker', 'icebreaker/8', 'ulx3s-85f/16', 'ulx3s-85f'];
const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 1);
/** Cases after which what is done is written. */
const STEP = 50;
const FOLDER = path.join(ROOT, 'build', 'campaign');
/** Another contract is another campaign. */
const FILE = path.join(FOLDER, `exact-${SEED}-${CONTRACT_CRC.toString(16)}.json`);

type Done = Record<string, number>;

if (!(Number.isInteger(CASES) && CASES > 0))
  throw new RangeError(`"${CASES}" is no count of cases`);
await mkdir(FOLDER, { recursive: true });
const done: Done = JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}'));
const wanted = Math.ceil(CASES / BOARDS.length);
for (const [index, board] of BOARDS.entries()) await runBoard(board, index);
process.stdout.write(`${CASES} cases equal golden/fixed\n`);

async function runBoard(board: string, index: number): Promise<void> {
  if ((done[board] ?? 0) >= wanted) return;
  await using device = await openSimulated(board, SEED + index);
  for (let number = done[board] ?? 0; number < wanted; number++) {
    // A seed of its own: a case can be repeated without those before it.
    const draw = createDraw(SEED + BOARDS.length * number + index);
    const drawn = drawCase(draw, device.identity);
    const { equal, firstDifference } = await runCase(device, drawn);
    if (!equal) {
      const place = `case ${number} [${widthsOf(drawn)}], seed ${SEED}`;
      throw new Error(`${board}, ${place}: ${JSON.stringify(firstDifference)}`);
    }
    done[board] = number + 1;
    if ((number + 1) % STEP === 0 || number + 1 === wanted) {
      await writeFile(FILE, JSON.stringify(done));
      process.stdout.write(`${board}: ${number + 1} of ${wanted}\n`);
    }
  }
}
