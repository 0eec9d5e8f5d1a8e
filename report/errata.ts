/** What does not hold as it stands, as a Markdown page: written from results, so that no figure is typed. */
import {
  type ClaimResult,
  type ExperimentResult,
  LECTURES,
  type SLIPS,
} from '../contract/experiment.ts';

type Kind = (typeof SLIPS)[number] | 'holds-if';

const KINDS = {
  error: { title: 'Errors', about: 'False as it stands, and worth telling the class.' },
  imprecise: {
    title: 'Imprecise',
    about: 'Too strong a word, or true of other networks than those measured here.',
  },
  'holds-if': { title: 'Holds if', about: 'True, under a condition that belongs to it.' },
  typo: { title: 'Typos', about: 'What is meant is right.' },
} as const satisfies Record<Kind, { title: string; about: string }>;

interface Erratum {
  readonly kind: Kind;
  readonly claim: ClaimResult;
  readonly experiment: ExperimentResult;
}

/** Ends with a line feed. @throws RangeError for a wrong claim whose kind nobody fixed. */
export function renderErrata(results: readonly ExperimentResult[]): string {
  const errata = results.flatMap(errataOf);
  const sections = (Object.keys(KINDS) as Kind[]).flatMap((kind) => {
    const found = errata.filter((erratum) => erratum.kind === kind);
    return found.length === 0 ? [] : [renderKind(kind, found)];
  });
  return `${[introduction(results, errata), ...sections].join('\n\n')}\n`;
}

function errataOf(experiment: ExperimentResult): Erratum[] {
  return experiment.claims.flatMap((claim) => {
    if (claim.verdict !== 'wrong' && claim.verdict !== 'holds-if') return [];
    const kind = claim.slip ?? (claim.verdict === 'holds-if' ? 'holds-if' : undefined);
    if (kind === undefined) throw new RangeError(`no kind of erratum for the claim ${claim.id}`);
    return [{ kind, claim, experiment }];
  });
}

function introduction(results: readonly ExperimentResult[], errata: readonly Erratum[]): string {
  const claims = results.flatMap((result) => result.claims);
  const cited = new Set<string>(errata.flatMap(({ claim }) => claim.lecture));
  const lectures = Object.entries(LECTURES).filter(([letter]) => cited.has(letter));
  const devices = new Set(results.map(({ device }) => device.kind));
  const commands = new Set(results.map(({ commandLine }) => `npx ${commandLine}`));
  return [
    '# Errata',
    `<!-- written by: ${[...commands].join('; ')} -->`,
    `Of ${claims.length} claims measured, these ${errata.length} do not hold as they stand. Device: ` +
      `${[...devices].join(', ')}; experiments: ${results.length}. Each comes with what is right, and the ` +
      'command that shows it.',
    '**The claims are worded after the issue that asks for these experiments; no slides were at hand.** ' +
      'Compare with the slide before correcting it: it may say it better than the words here.',
    ...(results.some(({ quick }) => quick)
      ? [
          'Of quick forms, whose networks are few: [experiments.md](experiments.md) has what the full ones judge otherwise.',
        ]
      : []),
    ...(lectures.length > 0
      ? [lectures.map(([letter, title]) => `- **${letter}** ${escaped(title)}`).join('\n')]
      : []),
  ].join('\n\n');
}

function renderKind(kind: Kind, errata: readonly Erratum[]): string {
  const { title, about } = KINDS[kind];
  return [`## ${title}`, about, ...errata.map(renderErratum)].join('\n\n');
}

function renderErratum({ claim, experiment }: Erratum): string {
  const quick = experiment.quick ? ' --quick' : '';
  const command = `\`npx deltascope experiment ${experiment.name}${quick}\``;
  return [
    `- **${claim.lecture.join(', ')}** “${escaped(claim.text)}”`,
    `  ${escaped(claim.because)}`,
    `  ${command}`,
  ].join('\n\n');
}

/** Nothing in it is Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}
