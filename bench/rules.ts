/** Is a result valid by docs/run-rules.md, and if not, why not. Pure. */
import {
  type BatchBench,
  type BenchResult,
  type DeviceBench,
  LIMITS,
  type ModeBench,
  RULES_VERSION,
  type RuleName,
  type SoftwareBench,
} from '../contract/bench.ts';

export interface Violation {
  readonly rule: RuleName;
  /** Where, and what is there instead. */
  readonly why: string;
}

/** Empty for a valid result. */
export function findViolations(result: BenchResult): Violation[] {
  return [
    ...checkEnvironment(result),
    ...result.devices.flatMap(checkDevice),
    ...result.software.flatMap(checkSoftware),
  ];
}

function checkEnvironment({ rules, environment, devices }: BenchResult): Violation[] {
  const { cpu, node, commit } = environment;
  const unnamed = [cpu, node].some((name) => name === '' || name === 'unknown');
  return [
    ...unless(rules === RULES_VERSION, 'version', `it is of version ${rules}`),
    ...unless(!unnamed, 'environment', `CPU "${cpu}", Node "${node}"`),
    ...unless(commit !== null, 'environment', 'it was not measured under git'),
    ...unless(commit?.endsWith('+') !== true, 'environment', `${commit}: files were changed`),
    ...unless(devices.length > 0, 'whole', 'it has no device'),
  ];
}

function checkDevice({ run, modes }: DeviceBench): Violation[] {
  const { board, kind } = run.device;
  const name = `${board}, [${run.request.layers.join(',')}]`;
  const { images } = run.data;
  const far = run.layers.filter(
    ({ float64SameWeights: { normOfMeanError: error } }) =>
      error === null || error > LIMITS.normError,
  );
  return [
    ...unless(kind !== 'model', 'origin', `${name} is the model`),
    ...unless(!run.partial && images === run.request.images, 'whole', `${name}: ${images} images`),
    ...unless(modes.length > 0, 'whole', `${name} has no speed`),
    ...unless(run.fixed.equal && run.fixed.valuesCompared > 0, 'bits', name),
    ...far.map(({ layer }): Violation => ({ rule: 'fidelity', why: `${name}, layer ${layer}` })),
    ...unless(run.link.stepDowns === 0, 'link', `${name}: ${run.link.stepDowns} times`),
    ...modes.flatMap((mode) => checkMode(mode, `${name}, ${mode.mode}`)),
  ];
}

function checkMode({ mode, fixed, batches, latency }: ModeBench, name: string): Violation[] {
  const sizes = batches.map(({ images }) => images);
  const enough = sizes.includes(1) && Math.max(...sizes) >= LIMITS.batchImages;
  const alone = latency?.images ?? 0;
  return [
    ...unless(fixed.equal && fixed.valuesCompared > 0, 'bits', name),
    ...unless(enough, 'batches', `${name}: of ${sizes.join(', ') || 'no'} images`),
    ...unless(
      mode === 'train' || alone >= LIMITS.latencyImages,
      'latency',
      `${name}: ${alone} images`,
    ),
    ...batches.flatMap((batch) => checkBatch(batch, `${name}, batch of ${batch.images}`)),
  ];
}

function checkBatch({ repeats }: BatchBench, name: string): Violation[] {
  const counts = [...new Set(repeats.map(({ cycles }) => cycles))];
  const same = counts.length === 1 && (counts[0] ?? 0) > 0;
  return [
    ...unless(repeats.length >= LIMITS.repeats, 'repeats', `${name}: ${repeats.length}`),
    ...unless(same, 'cycles', `${name}: ${counts.join(', ')}`),
  ];
}

function checkSoftware({ layers, rows }: SoftwareBench): Violation[] {
  return rows.flatMap(({ name, batch, seconds, calls, largestError, tolerance }) => {
    const where = `${name}, [${layers.join(',')}], batch of ${batch}`;
    const shortest = calls * Math.min(...seconds);
    const long = seconds.length >= LIMITS.repeats && shortest >= SHORT * LIMITS.softwareSeconds;
    return [
      ...unless(long, 'software-repeats', `${where}: ${seconds.length} of ${shortest} s`),
      ...unless(largestError <= tolerance, 'software-outputs', `${where}: ${largestError} off`),
    ];
  });
}

/** How often a call fits in was judged by an earlier repeat; this one may have been faster. */
const SHORT = 0.5;

function unless(holds: boolean, rule: RuleName, why: string): Violation[] {
  return holds ? [] : [{ rule, why }];
}
