/**
 * `npm run gallery`: measures experiments, or those named, on the model and photographs a picture of
 * each report into docs/gallery/. Needs chromium on PATH, or named by $CHROMIUM.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { findChromium, headless } from './chromium.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
export const GALLERY = path.join(ROOT, 'docs', 'gallery');

export interface Shot {
  /** Of the experiment, and of the file. */
  readonly name: string;
  /** Its `id` in the result. */
  readonly picture: string;
  /** Of the window, in CSS pixels: title, device and picture fit in. */
  readonly height: number;
}

/** Of every window, in CSS pixels. */
export const WIDTH = 900;

export const SHOTS: readonly Shot[] = [
  { name: 'speed-of-learning', picture: 'speed-4', height: 716 },
  { name: 'training-curves', picture: 'curves-4-nielsen', height: 740 },
  { name: 'glorot-bengio', picture: 'sigmoid', height: 760 },
  { name: 'depth-sweep', picture: 'backward', height: 716 },
  { name: 'hundred-matrices', picture: 'growth', height: 740 },
  { name: 'jacobian-bound', picture: 'bound-xavier4', height: 716 },
];

/** Of the report only title, device and one picture stay. */
function styleOf(figure: string): string {
  return `.top,article>section,figure:not(#${figure}),h3,details,.downloads,footer{display:none}article{margin:1.25rem 0}figure{margin:1rem 0 0}`;
}

async function photograph({ name, picture, height }: Shot, chromium: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-gallery-'));
  try {
    const result = path.join(folder, `${name}.json`);
    const page = path.join(folder, `${name}.html`);
    const command = ['experiment', name, '--quick', '--on', 'model', '--out', result];
    await execa(process.execPath, [path.join(ROOT, 'cli', 'deltascope.mjs'), ...command]);
    const html = await readFile(page, 'utf8');
    const figure = `result-1-${picture}`;
    if (!html.includes(`<figure id="${figure}"`)) {
      throw new Error(
        `the report of ${name} has no picture ${picture}: see SHOTS in tools/gallery.ts`,
      );
    }
    await writeFile(page, html.replace('</style>', `${styleOf(figure)}</style>`));
    const file = path.join(GALLERY, `${name}.png`);
    await execa(chromium, [
      ...headless(path.join(folder, 'profile')),
      '--hide-scrollbars',
      `--window-size=${WIDTH},${height}`,
      `--screenshot=${file}`,
      pathToFileURL(page).href,
    ]);
    return file;
  } finally {
    await rm(folder, { recursive: true, maxRetries: 3 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chromium = await findChromium();
  if (chromium === undefined) {
    console.error('error: There is no chromium on PATH, nor in $CHROMIUM');
    console.error('hint: apt install chromium, or CHROMIUM=/path/to/chrome npm run gallery');
    process.exitCode = 1;
  } else {
    await mkdir(GALLERY, { recursive: true });
    const named = process.argv.slice(2);
    for (const shot of SHOTS.filter(({ name }) => named.length === 0 || named.includes(name))) {
      console.log(`wrote ${path.relative(process.cwd(), await photograph(shot, chromium))}`);
    }
  }
}
