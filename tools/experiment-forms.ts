/** The table of docs/experiments.md, from the result of `npm run campaign:experiments`. */
import type { FormFigures, FormsCampaign } from '../contract/experiment.ts';
import { markdownTable } from '../contract/markdown.ts';
import { provenance } from './reliability.ts';

export function formsTable(campaign: FormsCampaign): string {
  const { quick, full } = campaign;
  const total = (forms: readonly FormFigures[]) => forms.reduce((sum, one) => sum + one.seconds, 0);
  return [
    `All ${full.length} together: ${minutes(total(quick))} in the quick form, ${minutes(total(full))} in the full ` +
      `one. ${provenance(campaign)}.`,
    '',
    markdownTable(
      [
        ...['experiment', 'quick, s', 'full, s', 'full form on', 'at commit', 'device'],
        'claims that the full form judges otherwise',
      ],
      full.map((form) =>
        row(
          form,
          quick.find(({ name }) => name === form.name),
        ),
      ),
    ),
  ].join('\n');
}

function row(full: FormFigures, quick: FormFigures | undefined): string[] {
  const { name, seconds, device, commit, deviceVerdict, verdicts } = full;
  const others = Object.entries(verdicts).flatMap(([claim, verdict]) => {
    const before = quick?.verdicts[claim];
    return before === undefined || before === verdict
      ? []
      : [`\`${claim}\`: ${verdict}, quick ${before}`];
  });
  return [
    ...[`\`${name}\``, quick?.seconds.toFixed(1) ?? '–', seconds.toFixed(0)],
    ...[device === 'simulated' ? 'simulated RTL' : device, commit ?? '–', deviceVerdict],
    others.join('; '),
  ];
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} minutes`;
}
