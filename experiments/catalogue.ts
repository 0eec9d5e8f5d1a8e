/** Every experiment, in the order of the lectures' argument. A new one is added here. */
import { LECTURES, type Lecture } from '../contract/experiment.ts';
import { DeltascopeError } from '../host/error.ts';
import { guess } from '../host/nearest.ts';
import { activations } from './activations.ts';
import { backpropEquations } from './backprop-equations.ts';
import { chain } from './chain.ts';
import { clipping } from './clipping.ts';
import { depthAndWidth } from './depth-and-width.ts';
import { depthSweep } from './depth-sweep.ts';
import { dyingRelu } from './dying-relu.ts';
import type { Experiment, Parameters } from './experiment.ts';
import { explodingChain } from './exploding-chain.ts';
import { glorotBengio } from './glorot-bengio.ts';
import { hundredMatrices } from './hundred-matrices.ts';
import { initialisers } from './initialisers.ts';
import { jacobianBound } from './jacobian-bound.ts';
import { learningRate } from './learning-rate.ts';
import { momentumAndInit } from './momentum-and-init.ts';
import { neuronBars } from './neuron-bars.ts';
import { remedies } from './remedies.ts';
import { saturation } from './saturation.ts';
import { sigmaPrime } from './sigma-prime.ts';
import { singularPowers } from './singular-powers.ts';
import { speedOfLearning } from './speed-of-learning.ts';
import { symmetry } from './symmetry.ts';
import { trainingCurves } from './training-curves.ts';
import { underflow } from './underflow.ts';
import { widthOfRange } from './width-of-range.ts';
import { xavierVariance } from './xavier-variance.ts';

export const EXPERIMENTS: readonly Experiment[] = [
  erase(speedOfLearning),
  erase(neuronBars),
  erase(trainingCurves),
  erase(sigmaPrime),
  chain,
  erase(explodingChain),
  erase(widthOfRange),
  singularPowers,
  hundredMatrices,
  jacobianBound,
  erase(depthSweep),
  erase(saturation),
  erase(glorotBengio),
  xavierVariance,
  erase(initialisers),
  erase(underflow),
  backpropEquations,
  symmetry,
  erase(depthAndWidth),
  erase(remedies),
  erase(dyingRelu),
  erase(activations),
  erase(learningRate),
  erase(clipping),
  erase(momentumAndInit),
];

/** Its parameters are its own business: only it makes them, and only it reads them. */
function erase<P extends Parameters>(experiment: Experiment<P>): Experiment {
  return experiment as unknown as Experiment;
}

/** Those of a lecture, or all. @throws DeltascopeError `bad-option` for a lecture that is none. */
export function experimentsOf(lecture?: string): readonly Experiment[] {
  if (lecture === undefined) return EXPERIMENTS;
  if (!Object.hasOwn(LECTURES, lecture)) {
    throw new DeltascopeError('bad-option', `There is no lecture "${lecture}"`, {
      hint: `--lecture takes one of: ${Object.keys(LECTURES).join(', ')}`,
    });
  }
  return EXPERIMENTS.filter(({ claims }) =>
    claims.some((claim) => claim.lecture.includes(lecture as Lecture)),
  );
}

/** @throws DeltascopeError `bad-option` with the nearest name. */
export function findExperiment(name: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found) return found;
  const names = EXPERIMENTS.map((experiment) => experiment.name);
  throw new DeltascopeError('bad-option', `Unknown experiment "${name}"${guess(name, names)}`, {
    hint: 'npx deltascope experiment lists them',
  });
}
