/** Mutants of TypeScript: in code, not in types. */
import { findMutants, type Mutant, withoutComments } from './mutant.ts';

const RULES: readonly (readonly [RegExp, string])[] = [
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/ \/ /g, ' * '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ << /g, ' >> '],
  [/ >> /g, ' << '],
  [/ >>> /g, ' >> '],
  [/ & /g, ' | '],
  [/ \+= /g, ' -= '],
  [/!(?=[\w(])/g, ''],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/\bMath\.max\b/g, 'Math.min'],
  [/\bMath\.min\b/g, 'Math.max'],
  [/\bMath\.floor\b/g, 'Math.ceil'],
];

const NO_CODE = /^\s*(?:import|export type|export interface|type|interface|readonly|\| )\b|Error\(/;

export function typeScriptMutants(file: string, text: string): Mutant[] {
  const code = withoutComments(text);
  const lineAt = (at: number) =>
    code.slice(code.lastIndexOf('\n', at) + 1, code.indexOf('\n', at + 1));
  const isWanted = (at: number) => !NO_CODE.test(lineAt(at)) && !/`/.test(lineAt(at));
  return findMutants({ file, text: code }, RULES, isWanted);
}
