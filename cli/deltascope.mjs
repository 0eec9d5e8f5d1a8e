#!/usr/bin/env node
/** The command's entry: plain JavaScript, so that it can say what to do before set-up has run. */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeModulesFresh } from '../tools/setup/stamp.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

if (nodeModulesFresh(ROOT)) {
  const { register } = await import('tsx/esm/api');
  register();
  const load = (file) => import(pathToFileURL(path.join(ROOT, 'cli', file)).href);
  const [{ main }, { endQuietly }] = await Promise.all([load('main.ts'), load('end-quietly.ts')]);
  endQuietly();
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('deltascope is not set up, or its packages changed: npm run setup');
  process.exitCode = 1;
}
