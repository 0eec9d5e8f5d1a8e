/**
 * Mutants of the RTL, all of them in one simulator: each expression that has some chooses by a number
 * that the process is given, so that a mutant costs a run and no build.
 */
import { findMutants, type Mutant, withoutComments } from './mutant.ts';

/** A width that is too large changes nothing, so none in the count of a replication. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ == /g, ' != '],
  [/ != /g, ' == '],
  [/ \+ (?!\w+\)? ?\{)/g, ' - '],
  [/ - (?!\w+\)? ?\{)/g, ' + '],
  [/ < /g, ' >= '],
  [/ >= /g, ' < '],
  [/ & /g, ' | '],
  [/ \| /g, ' & '],
  [/ \^ /g, ' & '],
  [/ >>> /g, ' >> '],
  [/!(?=[\w(])/g, ''],
  [/1'b0/g, "1'b1"],
  [/1'b1/g, "1'b0"],
];

/** From its first character to behind its last. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** In the right side of assignments, and in conditions. */
export function verilogMutants(file: string, text: string): Mutant[] {
  const spans = expressionsOf(text);
  const code = withoutComments(text);
  return findMutants({ file, text: code }, RULES, (at) => spanAt(spans, at) !== undefined);
}

/** The text with mutant number `first` + index for each of them. */
export function instrument(text: string, mutants: readonly Mutant[], first: number): string {
  const spans = expressionsOf(text);
  let out = text;
  for (const span of [...spans].reverse()) {
    const inside = mutants
      .map((mutant, index) => ({ mutant, number: first + index }))
      .filter(({ mutant }) => mutant.at >= span.start && mutant.at < span.end);
    if (inside.length === 0) continue;
    const expression = text.slice(span.start, span.end);
    const choices = inside.map(({ mutant: { at, from, to }, number }) => {
      const place = at - span.start;
      const broken = expression.slice(0, place) + to + expression.slice(place + from.length);
      return `ds_mutant == ${number} ? (${broken}) : `;
    });
    out = `${out.slice(0, span.start)}(${choices.join('')}(${expression}))${out.slice(span.end)}`;
  }
  const declared =
    '\n);\n  import "DPI-C" function int ds_mutant_of_run();\n' +
    '  int ds_mutant;\n  initial ds_mutant = ds_mutant_of_run();\n';
  return out.replace('\n);\n', declared);
}

/** For sim/main.cpp. */
export const MUTANT_OF_RUN = `
#include <cstdlib>
extern "C" int ds_mutant_of_run() {
  const char* number = std::getenv("DS_MUTANT");
  return number == nullptr ? 0 : std::atoi(number);
}
`;

function spanAt(spans: readonly Span[], at: number): Span | undefined {
  return spans.find(({ start, end }) => at >= start && at < end);
}

/** Right sides of assignments anywhere, and conditions of `if` within \`always\`. */
function expressionsOf(text: string): Span[] {
  const code = withoutComments(text);
  const body = code.indexOf('\n);\n');
  const spans: Span[] = [];
  let depth = 0;
  let start = body + 4;
  let assigned = -1;
  for (let at = start; at < code.length; at++) {
    const character = code[at] as string;
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (depth > 0) continue;
    else if (character === ';') {
      if (assigned >= 0) spans.push({ start: assigned, end: at });
      start = at + 1;
      assigned = -1;
    } else if (assigned < 0 && isAssignment(code, at) && isStatement(code.slice(start, at))) {
      assigned = code[at] === '<' ? at + 2 : at + 1;
    }
  }
  return [...spans, ...conditionsOf(code)].sort((a, b) => a.start - b.start);
}

function isAssignment(code: string, at: number): boolean {
  return /^(?:<=|=(?!=)) /.test(code.slice(at, at + 3)) && /[\s]/.test(code[at - 1] ?? '');
}

function isStatement(head: string): boolean {
  return !/\b(?:parameter|localparam|genvar|for|integer|initial)\b/.test(head);
}

function conditionsOf(code: string): Span[] {
  return [...code.matchAll(/\bif \(/g)]
    .filter(({ index }) => isInAlways(code, index))
    .map(({ index }) => {
      const start = index + 'if ('.length;
      return { start, end: closingOf(code, start) };
    });
}

/** The block that holds it: what comes last before it at a smaller indentation of two. */
function isInAlways(code: string, at: number): boolean {
  const before = code.slice(0, at);
  const block = [...before.matchAll(/^ *(always\b|generate\b|endgenerate\b|assign\b)/gm)].at(-1);
  return block?.[1] === 'always';
}

function closingOf(code: string, start: number): number {
  let depth = 1;
  let at = start;
  for (; depth > 0; at++) {
    if (code[at] === '(') depth++;
    if (code[at] === ')') depth--;
  }
  return at - 1;
}
