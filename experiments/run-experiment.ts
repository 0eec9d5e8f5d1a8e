/** Runs one experiment on an open device: its findings, judged, with where they come from. */
import { setImmediate } from 'node:timers/promises';
import { describeEnvironment, packageVersions } from '../bench/environment.ts';
import type { ClaimResult, DeviceCheck, ExperimentResult } from '../contract/experiment.ts';
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import { interrupted } from '../host/abort.ts';
import type { Device } from '../host/device.ts';
import { boardName } from '../host/protocol/requests.ts';
import type { TargetDescription } from '../host/transport/target.ts';
import type { Experiment, Fault, Findings, Parameters } from './experiment.ts';
import { type Comparison, Instrument } from './instrument.ts';
import { firstSeedOf } from './student.ts';

export interface ExperimentOptions {
  readonly device: Device;
  readonly description: TargetDescription;
  readonly quick: boolean;
  /** Random networks, in place of the experiment's own number. */
  readonly seeds?: number | undefined;
  /** Whose networks, in place of those that everybody has. */
  readonly student?: string | undefined;
  readonly commandLine: string;
  /** The repository, for its commit. */
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (text: string) => void;
  /** Breaks the device, for tests of what an experiment sees. */
  readonly fault?: Fault;
}

/** @throws DeltascopeError of the device, or `interrupted`. */
export async function runExperiment(
  experiment: Experiment,
  options: ExperimentOptions,
): Promise<ExperimentResult> {
  const { device, description, signal, fault, quick, student } = options;
  const started = new Date();
  const parameters = parametersOf(experiment, options);
  const instrument = new Instrument(device, { signal, fault });
  const findings = await experiment.run({
    parameters,
    measure: instrument.measure,
    train: instrument.train,
    onProgress: async (text) => {
      await setImmediate();
      if (signal?.aborted) throw interrupted();
      options.onProgress?.(text);
    },
  });
  const checks = [fixedCheck(instrument.comparison), ...findings.checks].map(judge);
  const agrees = checks.every((check) => check.agrees);
  return {
    kind: 'experiment',
    schema: 1,
    name: experiment.name,
    title: experiment.title,
    question: experiment.question,
    quick,
    parameters,
    ...(student !== undefined && { student }),
    device: {
      label: description.label,
      kind: description.kind,
      board: boardName(device.identity) ?? `board ${device.identity.board}`,
      lanes: device.identity.lanes,
      clockHz: device.identity.clockHz,
      baud: device.baud,
      fillSeed: description.kind === 'simulated' ? description.seed : null,
    },
    claims: experiment.claims.map((claim) => decide(claim, { findings, agrees })),
    deviceVerdict: agrees ? 'agrees' : 'disagrees',
    checks,
    tables: findings.tables ?? [],
    pictures: findings.pictures,
    time: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    environment: await describeEnvironment(options.root),
    contractCrc: CONTRACT_CRC.toString(16).padStart(8, '0'),
    tools: packageVersions(),
    commandLine: options.commandLine,
  };
}

/** Networks of a distribution that `golden/fixed` computes in the full form. */
const MODEL_SEEDS = 200;
/** From so many on it is a distribution that is measured; where each is trained, there are fewer. */
const DISTRIBUTION = 20;

/**
 * As many networks as asked for, on the device no more than the experiment measures anyway: on the
 * model, which is `golden/fixed`, more of them.
 */
function parametersOf(
  experiment: Experiment,
  { quick, student, seeds, description }: ExperimentOptions,
): Parameters {
  const own = quick ? experiment.quick : onModel(experiment.full, description);
  return {
    ...own,
    ...(seeds !== undefined && { seeds, deviceSeeds: Math.min(own.deviceSeeds, seeds) }),
    ...(student !== undefined && { firstSeed: firstSeedOf(student) }),
  };
}

function onModel(full: Parameters, { kind }: Pick<TargetDescription, 'kind'>): Parameters {
  if (kind !== 'model' || full.deviceSeeds < DISTRIBUTION) return full;
  return { ...full, deviceSeeds: Math.min(full.seeds, MODEL_SEEDS) };
}

function fixedCheck(comparison: Comparison): Omit<DeviceCheck, 'agrees'> {
  const { batches, different, valuesCompared } = comparison;
  return {
    name: `batches that differ from golden/fixed in a bit, of ${batches} (${valuesCompared} values)`,
    against: 'fixed',
    distance: different,
    bound: 0,
    unit: 'batches',
  };
}

/** A distance that is no number is no agreement. */
function judge(check: Omit<DeviceCheck, 'agrees'>): DeviceCheck {
  return { ...check, agrees: check.distance <= check.bound };
}

/** A claim is decided only where the device agrees with what decides it. */
function decide(
  claim: Experiment['claims'][number],
  { findings, agrees }: { findings: Findings; agrees: boolean },
): ClaimResult {
  const judgement = findings.claims[claim.id];
  if (judgement === undefined) throw new RangeError(`no judgement of claim ${claim.id}`);
  if (agrees) return { ...claim, ...judgement };
  return {
    ...claim,
    verdict: 'undecided',
    because: `The device disagrees. Without it: ${judgement.verdict}. ${judgement.because}`,
  };
}
