/** docs/mutation.md: what was tried, what caught it, what survived and why. */
import { excuseOf } from './equivalent.ts';
import { describe, type Mutant } from './mutant.ts';
import type { Verdict } from './runner.ts';

/** @param groups by what was broken; those that were not reached are left out. */
export function renderPage(
  groups: Readonly<Record<string, readonly Verdict[]>>,
  commandLines: readonly string[],
): string {
  const sections = Object.entries(groups).map(([name, verdicts]) => {
    const survivors = verdicts.filter(({ caughtBy }) => caughtBy === undefined);
    const lines = survivors.map(({ mutant }) => survivorLine(mutant)).sort();
    return lines.length === 0 ? '' : `\n## Survivors in ${name}\n\n${lines.join('\n')}\n`;
  });
  return `# Mutation

Written by ${commandLines.map((line) => `\`${line}\``).join(' and ')}; do not edit.

A break is one operator or constant changed in one place, drawn at random. Those of the RTL are all in one
simulator, which is told which one counts.

| breaks in | tried | caught | by |
| --- | --- | --- | --- |
${Object.entries(groups)
  .filter(([, verdicts]) => verdicts.length > 0)
  .map(summaryLine)
  .join('\n')}

\`networks\`: random networks in the RTL and in \`golden/fixed\`, bit for bit; \`training\`: training runs on
both; \`cycles\`: those of the baseline; \`bytes\`: strange bytes to device and host; each a few first, then
as many as CI has, on two boards; \`hang\`: a check did not end in time; \`import\`: it does not load;
\`bench\`: that of the module, or of the link; \`proof\`: one that reads its file; \`unit tests\`: those of
the folder. What survives is listed, with the reason why it changes nothing.
${sections.join('')}`;
}

function summaryLine([name, verdicts]: [string, readonly Verdict[]]): string {
  const caught = verdicts.flatMap(({ caughtBy }) => caughtBy ?? []);
  const by = [...new Set(caught)].sort().map((check) => {
    return `${check} ${caught.filter((each) => each === check).length}`;
  });
  const percent = ((100 * caught.length) / verdicts.length).toFixed(1);
  return `| ${name} | ${verdicts.length} | ${caught.length} (${percent} %) | ${by.join(', ')} |`;
}

function survivorLine(mutant: Mutant): string {
  const why = excuseOf(mutant);
  return `- ${describe(mutant)} in \`${mutant.code}\`${why === undefined ? '' : `: ${why}`}`;
}
