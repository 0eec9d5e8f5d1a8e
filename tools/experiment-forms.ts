/** The table of docs/experiments.md, from the result of `npm run campaign:experiments`. */
import type { FormFigures, FormsCampaign } from '../contract/experiment.ts';
import { markdownTable } from '../contract/markdown.ts';
import { provenance } from './provenance.ts';

export function formsTable(campaign: FormsCampaign): string {
  const { quick, full } = campaign;
  const total = (forms: readonly FormFigures[]) => forms.reduce((sum, one) => sum + one.seconds, 0);
  return [
    `${quick.length} in the quick form: ${minutes(total(quick))}. ${full.length} in the full one: ` +
      `${minutes(total(full))}. ${provenance(campaign)}.`,
    '',
    markdownTable(
      [
        ...['experiment', 'quick, s', 'full, s', 'full form on', 'at commit', 'device'],
        'claims that the full form judges otherwise',
      ],
      quick.map((form) =>
        row(
          form,
          full.find(({ name }) => name === form.name),
        ),
      ),
    ),
  ].join('\n');
}

function row(quick: FormFigures, full: FormFigures | undefined): string[] {
  const short = [`\`${quick.name}\``, quick.seconds.toFixed(1)];
  if (full === undefined) return [...short, 'not run to its end yet', '', '', '', ''];
  const others = Object.entries(full.verdicts)
    .map(([claim, verdict]) => ({ claim, verdict, before: quick.verdicts[claim] }))
    .filter(({ verdict, before }) => before !== undefined && before !== verdict)
    .map(({ claim, verdict, before }) => `\`${claim}\`: ${verdict}, quick ${before}`);
  const { seconds, device, commit, deviceVerdict } = full;
  return [
    ...[...short, seconds.toFixed(0), device === 'simulated' ? 'simulated RTL' : device],
    ...[commit ?? '–', deviceVerdict, others.join('; ')],
  ];
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} minutes`;
}
