/** Plots as SVG text, without a browser: a document of linkedom's stands in for the page. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Types of a browser are not known here. */
type PlotDocument = NonNullable<Plot.PlotOptions['document']>;

const XML = 'http://www.w3.org/2000/svg';

/** @throws TypeError when the options are such that Plot wraps the picture in a figure. */
export function plotSvg(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const picture = Plot.plot({ ...options, document: document as unknown as PlotDocument });
  if (picture.tagName.toLowerCase() !== 'svg') throw new TypeError('a legend makes it a figure');
  picture.setAttribute('xmlns', XML);
  return `${picture.outerHTML}\n`;
}
