/**
 * The job behind `deltascope selftest`: link, memories and arithmetic of the very device that is
 * there. It can break something on purpose, since a test that was never seen to fail proves little.
 */
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import {
  SELFTEST_FAULTS,
  type SelftestCheck,
  type SelftestFault,
  type SelftestResult,
} from '../contract/result.ts';
import { openDevice } from '../host/device.ts';
import { openTarget } from '../host/transport/target.ts';
import { faultyWire } from './faulty-wire.ts';
import type { RunOptions } from './run-job.ts';
import { describeDevice } from './run-result.ts';
import { checkArithmetic, checkLink, checkMemories } from './selftest-checks.ts';

export interface SelftestRequest {
  /** As of `RunRequest`. */
  readonly on?: string | undefined;
  readonly injectFault?: SelftestFault | undefined;
}

export interface SelftestOptions extends RunOptions {
  /** Told of each check when it is done. */
  readonly onCheck?: (check: SelftestCheck) => void;
}

/** Frames of the link's check that pass before one is damaged. */
const GOOD_FRAMES = 100;

/** @throws DeltascopeError of the device; a check that fails is a result. */
export async function selftestJob(
  { on, injectFault }: SelftestRequest,
  { environment, signal, onProgress, onCheck, commandLine, open = openTarget }: SelftestOptions,
): Promise<SelftestResult> {
  const { description, timeouts, transport } = await open(on, {
    ...{ environment, signal },
    ...(onProgress && { onProgress }),
  });
  onProgress?.({ kind: 'device', label: description.label });
  const wire = faultyWire(transport);
  const { label } = description;
  await using device = await openDevice(wire.transport, { label, timeouts, signal });
  const checks: SelftestCheck[] = [];
  const keep = (check: SelftestCheck) => {
    checks.push(check);
    onCheck?.(check);
  };
  if (injectFault === 'frame') wire.damageFrame(GOOD_FRAMES);
  keep(await checkLink(device));
  for await (const check of checkMemories(device, { breakWeight: injectFault === 'weight' })) {
    keep(check);
  }
  const fault = injectFault === 'frame' ? undefined : injectFault;
  for await (const check of checkArithmetic(device, fault)) keep(check);
  return {
    kind: 'selftest',
    schema: 1,
    device: describeDevice({ description, identity: device.identity, baud: device.baud }),
    injectedFault: injectFault ?? null,
    checks,
    ok: injectFault === undefined ? checks.every(({ ok }) => ok) : isSeen(checks, injectFault),
    contractCrc: CONTRACT_CRC.toString(16).padStart(8, '0'),
    commandLine,
  };
}

function isSeen(checks: readonly SelftestCheck[], fault: SelftestFault): boolean {
  return SELFTEST_FAULTS[fault].every((expected) =>
    checks.some(({ name, ok }) => name === expected && !ok),
  );
}
