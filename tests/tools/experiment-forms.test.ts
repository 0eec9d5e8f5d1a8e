import { expect, test } from 'vitest';
import type { FormFigures, FormsCampaign } from '../../contract/experiment.ts';
import { formsTable } from '../../tools/experiment-forms.ts';

const FORM: FormFigures = {
  ...{ name: 'chain', device: 'simulated', seconds: 90, commit: 'abc', deviceVerdict: 'agrees' },
  verdicts: { product: 'holds', bound: 'wrong' },
};

const CAMPAIGN: FormsCampaign = {
  ...{ kind: 'experiment-forms', schema: 1, commandLine: 'npm run campaign:experiments' },
  environment: { cpu: 'X', cores: 2, platform: 'linux-x64', node: 'v20', commit: 'abc' },
  quick: [
    { ...FORM, seconds: 3, verdicts: { product: 'holds', bound: 'holds-if' } },
    { ...FORM, name: 'symmetry', seconds: 6 },
  ],
  full: [FORM],
};

test('the table has the times of both forms, and what only the full one says', () => {
  const text = formsTable(CAMPAIGN);
  expect(text).toContain('2 in the quick form: 0.1 minutes. 1 in the full one: 1.5 minutes.');
  expect(text).toContain(
    '| `chain` | 3.0 | 90 | simulated RTL | abc | agrees | `bound`: wrong, quick holds-if |',
  );
  expect(text).toContain('| `symmetry` | 6.0 | not run to its end yet |');
});
