/**
 * A picture of a result as SVG. Colours are custom properties of the page (`--device` …), so that
 * light, dark and print need one drawing only.
 */
import * as Plot from '@observablehq/plot';
import type { Axis, Picture, Point, Series, Source } from '../contract/experiment.ts';
import { plotSvg } from './plot.ts';

interface Look {
  readonly dash: string;
  readonly symbol: Plot.SymbolType;
  /** Radius of the symbol, pixels. */
  readonly radius: number;
}

/** Per source a form besides the colour, so that neither alone carries the meaning. */
const LOOKS: Readonly<Record<Source, Look>> = {
  device: { dash: 'none', symbol: 'circle', radius: 5.5 },
  float64: { dash: '7 3', symbol: 'square', radius: 3 },
  theory: { dash: '2 3', symbol: 'diamond', radius: 3.5 },
  published: { dash: 'none', symbol: 'triangle', radius: 5 },
};

/** More points than these are a curve, and get no symbols. */
const MOST_SYMBOLS = 40;
const MARGINS = { marginLeft: 64, marginRight: 24, marginTop: 34, marginBottom: 46 };

/** @returns an `<svg>` element that screen readers skip: the page gives its text alternative. */
export function renderPicture(picture: Picture): string {
  const svg = plotSvg({
    width: 860,
    height: 370,
    ...MARGINS,
    style: { fontFamily: 'inherit', fontSize: '13px', background: 'none', overflow: 'visible' },
    ...(picture.kind === 'bars' ? barChart(picture) : lineChart(picture)),
  });
  // In HTML the name space goes without saying.
  return svg
    .trim()
    .replace(/ xmlns(:\w+)?="[^"]*"/g, '')
    .replace('<svg ', '<svg aria-hidden="true" focusable="false" ');
}

/** The colour of a series; sources that come twice get others. */
export function colourOf({ source, name }: Series, all: readonly Series[]): string {
  const same = all.filter((series) => series.source === source);
  const place = same.findIndex((series) => series.name === name);
  return `var(--${source}${place > 0 ? `-${Math.min(place, 2) + 1}` : ''})`;
}

/** What the legend draws beside a name. */
export function symbolOf({ source }: Series): Plot.SymbolType {
  return LOOKS[source].symbol;
}

/** The device first: where lines coincide, the dashes of the others show on top of it. */
function backToFront(series: readonly Series[]): Series[] {
  return [...series].sort((a, b) => Number(b.source === 'device') - Number(a.source === 'device'));
}

function lineChart(picture: Picture): Plot.PlotOptions {
  const { series, x, y, kind } = picture;
  const points = series.flatMap((one) => one.points);
  const histogram = kind === 'histogram';
  return {
    x: {
      ...scaleOf(
        x,
        points.map((point) => point.x),
      ),
      ...(x.scale !== 'category' && { inset: 12 }),
    },
    y: {
      ...scaleOf(
        y,
        points.flatMap(({ y: at, low = at, high = at }) => [low, high]),
      ),
      grid: true,
      nice: y.scale === 'linear',
      zero: histogram,
      ...(histogram && { ticks: wholeTicks(points.map((point) => point.y)), tickFormat: 'd' }),
      ...(!histogram && { inset: 8 }),
    },
    marks: [
      ...(histogram ? backToFront(series).reverse() : backToFront(series)).flatMap((one) => {
        const colour = colourOf(one, series);
        return histogram ? bins(one, { all: series, colour }) : line(one, { picture, colour });
      }),
      ...reference(picture),
    ],
  };
}

/** Band or whiskers, line, symbols: from back to front. */
function line(
  series: Series,
  { picture, colour }: { picture: Picture; colour: string },
): Plot.Markish[] {
  const { source, points } = series;
  const { dash, symbol, radius } = LOOKS[source];
  const at = { x: 'x', y: 'y' } as const;
  const banded = points.filter(({ low }) => low !== undefined);
  const between = { x: 'x', y1: 'low', y2: 'high' } as const;
  const joined =
    picture.kind === 'roofline'
      ? source === 'theory'
      : picture.kind === 'lines' && source !== 'published';
  const few = points.length <= MOST_SYMBOLS;
  return [
    source === 'device'
      ? Plot.ruleX(banded, { ...between, stroke: colour, strokeWidth: 2 })
      : Plot.areaY(banded, { ...between, fill: colour, fillOpacity: 0.17 }),
    ...(joined
      ? [
          Plot.line(points, {
            ...at,
            stroke: colour,
            strokeWidth: source === 'device' ? 3 : 2,
            strokeDasharray: dash,
          }),
        ]
      : []),
    ...(few || !joined
      ? [Plot.dot(points, { ...at, fill: colour, symbol, r: few ? radius : radius / 1.6 })]
      : []),
    ...(picture.kind === 'roofline' ? [nameBeside(series, colour)] : []),
  ];
}

/** At its last point, on the side where there is room. */
function nameBeside({ name, source, points }: Series, colour: string): Plot.Markish {
  const side = source === 'theory' ? 'end' : 'start';
  const offset = source === 'theory' ? { dy: -10 } : { dx: 10, dy: 4 };
  return Plot.text(points.slice(-1), {
    ...{ x: 'x', y: 'y', text: [name], fill: colour, textAnchor: side, ...offset },
    ...{ stroke: 'var(--card)', strokeWidth: 4 },
  });
}

/** Those of the device are narrower, in front of the others. */
function bins(
  { source, points }: Series,
  { all, colour }: { all: readonly Series[]; colour: string },
): Plot.Markish[] {
  const [one = 0, two = 1] = all[0]?.points.map(({ x }) => Number(x)) ?? [];
  const half = ((two - one) / 2) * (source === 'device' ? 0.45 : 0.97);
  return [
    Plot.rectY(
      points
        .filter(({ y }) => y > 0)
        .map(({ x, y }) => ({ x1: Number(x) - half, x2: Number(x) + half, y })),
      {
        x1: 'x1',
        x2: 'x2',
        y: 'y',
        fill: colour,
        fillOpacity: source === 'device' ? 1 : 0.45,
        sort: null,
      },
    ),
  ];
}

/** Of the distance between two groups. */
const GROUP = 0.78;

/** Bars of a group side by side, group g around x = g. */
function barChart(picture: Picture): Plot.PlotOptions {
  const { series, x, y } = picture;
  const groups = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))];
  const width = GROUP / series.length;
  const marks = series.flatMap((one, index) => {
    const bars = one.points.map((point) => {
      const x1 = groups.indexOf(point.x) - GROUP / 2 + index * width;
      return { ...point, x1, x2: x1 + 0.95 * width, middle: x1 + 0.475 * width };
    });
    const banded = bars.filter(({ low }) => low !== undefined);
    return [
      Plot.rectY(bars, { x1: 'x1', x2: 'x2', y: 'y', fill: colourOf(one, series) }),
      Plot.ruleX(banded, { x: 'middle', y1: 'low', y2: 'high', strokeWidth: 1.5 }),
    ];
  });
  return {
    x: {
      domain: [-0.5, groups.length - 0.5],
      label: titleOf(x),
      ticks: groups.map((_, index) => index),
      tickFormat: (index: number) => String(groups[index]),
      tickSize: 0,
    },
    y: { ...scaleOf(y, []), grid: true, nice: true },
    marks: [...marks, Plot.ruleY([0], { strokeOpacity: 0.5 }), ...reference(picture)],
  };
}

/** Lines across, each with its name. */
function reference({ marks = [] }: Picture): Plot.Markish[] {
  return marks.flatMap(({ axis, at, label }) => {
    const rule = {
      stroke: 'var(--mark)',
      strokeWidth: 1.5,
      strokeDasharray: '3 3',
    } as const;
    const text = {
      text: [label],
      fill: 'var(--mark)',
      stroke: 'var(--card)',
      strokeWidth: 5,
    } as const;
    return axis === 'x'
      ? [
          Plot.ruleX([at], rule),
          Plot.text([at], {
            ...text,
            x: [at],
            frameAnchor: 'top',
            textAnchor: 'start',
            dx: 6,
            dy: -2,
          }),
        ]
      : [
          Plot.ruleY([at], rule),
          Plot.text([at], {
            ...text,
            y: [at],
            frameAnchor: 'right',
            textAnchor: 'end',
            dx: -2,
            dy: -9,
          }),
        ];
  });
}

function scaleOf(axis: Axis, values: readonly Point['x'][]): Plot.ScaleOptions {
  const label = titleOf(axis);
  switch (axis.scale) {
    case 'category':
      return { type: 'point', label, padding: 0.5, domain: [...new Set(values)] };
    case 'linear':
      return { type: 'linear', label };
    case 'log':
      return { type: 'log', label, ...logTicks(values.map(Number)) };
  }
}

function titleOf({ label, unit }: Axis): string {
  return unit === null ? label : `${label}, ${unit}`;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Fewer decades than these get ticks between them, in plain numbers. */
const FEW_DECADES = 2.2;
const MOST_TICKS = 8;

/** Ticks at powers of ten, every n-th where there are many, written 10⁻³. */
function logTicks(values: readonly number[]): Plot.ScaleOptions {
  const exponents = values.filter((value) => value > 0).map(Math.log10);
  const [low, high] = [Math.min(...exponents), Math.max(...exponents)];
  if (high - low < FEW_DECADES) return { ticks: 5, tickFormat: '~g' };
  const [from, to] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  const step = Math.max(1, Math.ceil((to - from) / MOST_TICKS));
  const ticks: number[] = [];
  for (let k = to; k >= from; k -= step) ticks.push(10 ** k);
  return {
    ticks,
    tickFormat: (tick: number) => `10${superscript(Math.round(Math.log10(tick)))}`,
  };
}

/** Of counts, from 0. */
function wholeTicks(counts: readonly number[]): number[] {
  const most = Math.max(...counts);
  const step = Math.ceil(most / MOST_TICKS);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

function superscript(n: number): string {
  const digits = [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return n < 0 ? `⁻${digits}` : digits;
}
