/** The tables of docs/reliability.md, from the result files of the campaigns beside it. */
import { readFileSync } from 'node:fs';
import { markdownTable } from '../contract/markdown.ts';
import type {
  FaultCampaign,
  FaultFigures,
  GoodputCampaign,
  GoodputFigures,
  HostFigures,
  SoakCampaign,
} from '../contract/reliability.ts';
import { provenance } from './provenance.ts';

const FOLDER = new URL('../docs/reliability/', import.meta.url);

/** By the name of their markers in the page. */
export const RELIABILITY_TABLES: Readonly<Record<string, () => string>> = {
  faults: () => faultsTable(read('faults')),
  goodput: () => goodputTable(read('goodput')),
  soak: () => soakTable(read('soak')),
};

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as T;
}

export function faultsTable(campaign: FaultCampaign): string {
  const { figures } = campaign;
  const sum = (name: 'frames' | 'rounds' | 'wrong' | 'hangs' | 'unclear') =>
    figures.reduce((total, one) => total + one[name], 0);
  const frames = sum('frames');
  const bad = sum('wrong') + sum('hangs') + sum('unclear');
  const bound = bad === 0 ? `; below ${(3 / frames).toExponential(1)} a frame at 95 % (3/n)` : '';
  return [
    `${whole(frames)} frames in ${whole(sum('rounds'))} rounds: **${sum('wrong')} wrong results, ` +
      `${sum('hangs')} hangs, ${sum('unclear')} unclear errors**${bound}.`,
    `Simulated ${campaign.board}, ${provenance(campaign)}.`,
    '',
    markdownTable(
      [
        ...['fault', 'link', 'frames', 'rounds', 'right', 'errors', 'resends'],
        ...['goodput', 'longest to an error, s', 'longest to recover, s'],
      ],
      figures.map(faultRow),
    ),
  ].join('\n');
}

function faultRow(figures: FaultFigures): string[] {
  const { fault, link, frames, rounds, right, resends, goodput } = figures;
  const errors = Object.entries(figures.errors).map(([code, count]) => `${count} \`${code}\``);
  return [
    ...[fault, link, whole(frames), whole(rounds), whole(right)],
    ...[errors.join(', ') || '–', whole(resends), percent(goodput)],
    ...[seconds(figures.slowestErrorMs), seconds(figures.slowestRecoveryMs)],
  ];
}

export function goodputTable(campaign: GoodputCampaign): string {
  const { figures, board, clockHz } = campaign;
  const kinds = new Map<string, GoodputFigures[]>();
  for (const one of figures) {
    const key = payload(one.traffic, one.baud);
    kinds.set(key, [...(kinds.get(key) ?? []), one]);
  }
  const rows = [...kinds].map(([key, all]) => {
    const find = (errors: boolean, late: boolean) =>
      all.find((one) => one.bitErrors > 0 === errors && one.replyLatencyMs > 0 === late);
    const cell = (one: GoodputFigures | undefined) => (one ? percent(one.goodput) : '–');
    return [key, cell(find(false, false)), cell(find(false, true)), cell(find(true, false))];
  });
  return [
    `Simulated ${board} at ${clockHz / 1e6} MHz, ${provenance(campaign)}.`,
    '',
    markdownTable(['payload', 'clean', 'replies 16 ms late', 'bit errors 1e-5'], rows),
    '',
    markdownTable(
      ['payload', 'host CPU, s a MB', 'line, s a MB', 'line busy, measured'],
      campaign.host.map(hostRow),
    ),
  ].join('\n');
}

function hostRow({ traffic, baud, bytes, ...figures }: HostFigures): string[] {
  const { cpuSeconds, lineSeconds, wallSeconds } = figures;
  const perMegabyte = (value: number) => (value / (bytes / 1e6)).toFixed(2);
  const busy = percent(lineSeconds / wallSeconds);
  return [payload(traffic, baud), perMegabyte(cpuSeconds), perMegabyte(lineSeconds), busy];
}

function payload(traffic: string, baud: number): string {
  return `${traffic} at ${baud / 1e6} Mbaud`;
}

export function soakTable(campaign: SoakCampaign): string {
  const { boards, minutes, rounds, frames, wrong, errors, hostLoad, memory } = campaign;
  return [
    `${minutes.toFixed(0)} minutes, ${boards.length} simulated boards: ${whole(rounds)} rounds, ` +
      `${whole(frames)} frames, **${wrong} wrong, ${errors} errors**; the host took ` +
      `${percent(hostLoad)} of a core. ${capital(provenance(campaign))}.`,
    '',
    markdownTable(
      ['process', 'second quarter, MB', 'last quarter, MB', 'most, MB'],
      memory.map(({ process: name, early, late, most }) => [
        name,
        ...[early, late, most].map((megabytes) => megabytes.toFixed(1)),
      ]),
    ),
  ].join('\n');
}

function whole(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function seconds(ms: number): string {
  return ms === 0 ? '–' : (ms / 1000).toFixed(1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
