/** A browser that draws pages without a screen. */
import { execa } from 'execa';

/** What $CHROMIUM names, or Debian's name or another on PATH; undefined where there is none. */
export async function findChromium(): Promise<string | undefined> {
  const names = [process.env['CHROMIUM'], 'chromium', 'chromium-browser', 'google-chrome'];
  for (const name of names) {
    if (name === undefined) continue;
    const { exitCode } = await execa(name, ['--version'], { reject: false });
    if (exitCode === 0) return name;
  }
  return undefined;
}

/** Arguments of every use; `profile` is a folder of its own. */
export function headless(profile: string): readonly string[] {
  return ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`];
}
