/**
 * `npm run campaign:experiments`: every experiment in its full form, on the model, and in its quick one
 * beside it. Stops and goes on. What `deltascope experiment` measured elsewhere comes by its result files.
 */
import { badResult, readFrom } from '../../cli/report.ts';
import type { ExperimentResult, FormFigures, FormsCampaign } from '../../contract/experiment.ts';
import { EXPERIMENTS } from '../../experiments/catalogue.ts';
import type { Experiment } from '../../experiments/experiment.ts';
import { runExperiment } from '../../experiments/run-experiment.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { openModelDevice } from '../experiments/open-model.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  readResult,
  type Session,
  writeResult,
} from './command.ts';

const NAME = 'campaign:experiments';

interface Flags extends Pick<CommonFlags, 'json' | 'out'> {
  readonly only?: string;
  readonly quick?: boolean;
}

await campaignCommand(NAME, { about: 'the forms of the experiments', out: 'experiments.json' })
  .argument('[results...]', 'full forms that were measured before: files of deltascope experiment')
  .option('--only <name>', 'one experiment, also where it was measured before')
  .option('--quick', 'the quick forms only, of those that have none')
  .addHelpText(
    'after',
    `
Examples:
  $ npm run ${NAME} -- --only chain
  $ npm run ${NAME} -- --out docs/experiments/forms.json && npm run gen
  $ npm run ${NAME} -- --out docs/experiments/forms.json results/chain.json && npm run gen`,
  )
  .action((files: string[], flags: Flags) =>
    inSession(NAME, (session) => campaign(files, flags, session)),
  )
  .parseAsync();

async function campaign(
  files: string[],
  { out, json, only, quick: isQuick }: Flags,
  session: Session,
) {
  const { environment, commandLine } = session;
  const before = await readResult<FormsCampaign>(out);
  const measured = new Map((await Promise.all(files.map(readFull))).map((one) => [one.name, one]));
  const [quick, full] = [before?.quick, before?.full].map(
    (forms = []) => new Map(forms.map((form) => [form.name, form])),
  ) as [Map<string, FormFigures>, Map<string, FormFigures>];
  const isWanted = ({ name }: Experiment) => {
    if (files.length > 0) return measured.has(name);
    return only === undefined ? !(isQuick ? quick : full).has(name) : name === only;
  };
  for (const experiment of EXPERIMENTS.filter(isWanted)) {
    const { name } = experiment;
    let last = figuresOf(await run(experiment, true, session));
    quick.set(name, last);
    if (!isQuick) {
      last = figuresOf(measured.get(name) ?? (await run(experiment, false, session)));
      full.set(name, last);
    }
    const inOrder = (kept: Map<string, FormFigures>) =>
      EXPERIMENTS.flatMap((one) => kept.get(one.name) ?? []);
    await writeResult(out, {
      ...{ kind: 'experiment-forms', schema: 1, environment, commandLine },
      ...{ quick: inOrder(quick), full: inOrder(full) },
    } satisfies FormsCampaign);
    const text = `${name}: ${last.seconds.toFixed(0)} s on ${last.device}, the device ${last.deviceVerdict}`;
    process.stdout.write(json ? `${JSON.stringify(last)}\n` : `${text}\n`);
  }
}

/** @throws DeltascopeError `bad-result` when it is none. */
async function readFull(file: string): Promise<ExperimentResult> {
  const [result, ...others] = await readFrom(file);
  if (result?.kind === 'experiment' && others.length === 0 && !result.quick) return result;
  throw badResult(file, 'it is not the full form of one experiment');
}

async function run(
  experiment: Experiment,
  quick: boolean,
  { signal, status, commandLine }: Session,
): Promise<ExperimentResult> {
  await using model = await openModelDevice();
  const { device, description } = model;
  return await runExperiment(experiment, {
    ...{ device, description, quick, commandLine, signal, root: ROOT },
    onProgress: (text) => status.show(`${experiment.name}: ${text}`, { lasting: false }),
  });
}

function figuresOf(result: ExperimentResult): FormFigures {
  const { name, device, seconds, environment, deviceVerdict, claims } = result;
  return {
    ...{ name, device: device.kind, seconds, commit: environment.commit, deviceVerdict },
    verdicts: Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict])),
  };
}
