/** Ratios of two results for the terminal. */
import { percent, significant } from './format.ts';
import { renderTable } from './table.ts';

/** As bench/compare-bench.ts has it, judged. */
export interface JudgedRatio {
  readonly what: string;
  readonly unit: string;
  readonly old: number;
  readonly now: number;
  readonly ratio: number;
  readonly uncertainty: number;
  readonly verdict: 'regression' | 'within noise' | 'same' | 'changed';
}

export function renderRatios(ratios: readonly JudgedRatio[]): string {
  const left = { align: 'left' } as const;
  return renderTable(
    [
      { head: '', ...left },
      ...['before', 'now', 'now / before', '±'].map((head) => ({ head })),
      { head: '', ...left },
    ],
    ratios.map(({ what, unit, old, now, ratio, uncertainty, verdict }) => [
      `${what}, ${unit}`,
      unit === 'cycles' ? String(old) : significant(old),
      unit === 'cycles' ? String(now) : significant(now),
      ratio.toFixed(4),
      uncertainty === 0 ? 'exact' : percent(uncertainty),
      verdict === 'regression' ? 'REGRESSION' : verdict,
    ]),
  );
}
