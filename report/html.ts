/**
 * Results as one HTML file that opens without a network and runs no script. Whatever comes from a
 * result is escaped.
 */
import type { Cell, DeviceCheck, Picture, ResultTable, Series } from '../contract/experiment.ts';
import { cellText, VERDICTS } from './experiment-terminal.ts';
import { significant } from './format.ts';
import { colourOf, renderPicture, symbolOf } from './picture.ts';
import { pictureTable, toCsv } from './picture-table.ts';
import type { Section } from './section.ts';
import { compareSections, type SideBySide } from './side-by-side.ts';
import { STYLE } from './style.ts';

/** @param sections in the order they are shown; at least one. */
export async function renderHtml(sections: readonly Section[]): Promise<string> {
  const several = sections.length > 1;
  const title = several ? `${sections.length} results` : (sections[0]?.title ?? '');
  const comparisons = compareSections(sections).map(renderSideBySide);
  const bodies = await Promise.all(sections.map((section, index) => renderSection(section, index)));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(title)} · deltascope</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
<header class="top">
<p class="brand"><span aria-hidden="true">δ</span> deltascope <span class="soft">an oscilloscope for the gradient</span></p>
${several ? renderOverview(sections) : ''}
</header>
<main id="results">
${comparisons.join('\n')}
${bodies.join('\n')}
</main>
</body>
</html>
`;
}

/** Every verdict of several results, each leading to its section. */
function renderOverview(sections: readonly Section[]): string {
  const rows = sections.map((section, index) => {
    const counts = Object.entries(VERDICTS).flatMap(([verdict, { sign, words }]) => {
      const count = section.claims.filter((claim) => claim.verdict === verdict).length;
      return count === 0
        ? []
        : [
            `<span class="pill ${verdict}"><span aria-hidden="true">${sign}</span> ${count} ${words}</span>`,
          ];
    });
    return `<tr><th scope="row"><a href="#result-${index + 1}">${escaped(section.title)}</a></th><td>${counts.join(' ') || '<span class="soft">claims nothing</span>'}</td><td>${devicePill(section)}</td><td>${escaped(`${section.device.kind}, ${section.device.board}`)}</td></tr>`;
  });
  return `<nav aria-label="Results"><h1>${sections.length} results</h1>
<table class="overview"><thead><tr><th scope="col">experiment</th><th scope="col">claims</th><th scope="col">device</th><th scope="col">measured on</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></nav>`;
}

/** Drawings of the same picture in a row; what the devices measured in one table. */
function renderSideBySide({ question, places, tables, pictures }: SideBySide, index: number) {
  const id = `beside-${index + 1}`;
  const figures = pictures.map(({ title, parts, measured }) => {
    const drawings = parts.map((part, at) => {
      const label = `${title}, result ${places[at]}. The table below has what was measured.`;
      return `<div><p><a href="#result-${places[at]}">result ${places[at]}</a></p>
${renderLegendOf(part)}<div class="drawing" role="img" aria-label="${escaped(label)}">${renderPicture(part)}</div></div>`;
    });
    return `<figure id="${escaped(`${id}-${measured.id}`)}"><figcaption><h4>${escaped(title)}</h4></figcaption>
<div class="beside">${drawings.join('\n')}</div>
<details><summary>What was measured, side by side</summary>
${renderScrollTable(pictureTable(measured), `${id}-${measured.id}-numbers`)}</details></figure>`;
  });
  return `<section class="comparison" aria-labelledby="${id}-title"><h2 id="${id}-title">Side by side</h2>
<p class="question">${escaped(question)}</p>
${tables.map((table, at) => `<h3>${escaped(table.title)}</h3>${renderScrollTable(table, `${id}-table-${at + 1}`)}`).join('\n')}
${figures.join('\n')}</section>`;
}

async function renderSection(section: Section, index: number): Promise<string> {
  const id = `result-${index + 1}`;
  const figures = await Promise.all(section.pictures.map((picture) => renderFigure(picture, id)));
  return `<article id="${id}" aria-labelledby="${id}-title">
<div class="head">
<h2 id="${id}-title">${escaped(section.title)}</h2>
<p class="question">${escaped(section.question)}</p>
<p class="device"><span class="kind ${section.device.kind}">${KINDS[section.device.kind]}</span> ${escaped(section.device.label)}</p>
<ul class="conditions">${section.conditions.map((condition) => `<li>${escaped(condition)}</li>`).join('')}</ul>
</div>
${renderClaims(section)}
${renderDevice(section)}
${section.pictures.length === 0 ? '' : `<h3>Pictures</h3>\n${figures.join('\n')}`}
${section.tables.length === 0 ? '' : `<h3>Numbers</h3>\n${section.tables.map((table, at) => renderTableBlock(table, `${id}-table-${at + 1}`)).join('\n')}`}
<footer>
<h3>Where this comes from</h3>
<dl>${section.provenance.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
<p>To run it again:</p>
<pre tabindex="0"><code>npx ${escaped(section.commandLine)}</code></pre>
</footer>
</article>`;
}

const KINDS: Readonly<Record<Section['device']['kind'], string>> = {
  serial: 'board',
  simulated: 'simulated, not silicon',
  model: 'model, not hardware',
};

function renderClaims({ claims }: Section): string {
  if (claims.length === 0) return '';
  const rows = claims.map(({ verdict, text, because, rule, lecture }) => {
    const { sign, words } = VERDICTS[verdict];
    return `<li class="claim ${verdict}">
<p class="verdict"><span class="pill ${verdict}"><span aria-hidden="true">${sign}</span> ${words}</span></p>
<div><p class="text">${escaped(text)} <span class="soft">${escaped(lecture.join(', '))}</span></p>
<p class="because">${escaped(because)}</p>
<details><summary>How it was judged</summary><p>${escaped(rule)}</p></details></div>
</li>`;
  });
  return `<section aria-label="Verdicts on the claims"><h3>What the lectures claim</h3>
<ul class="claims">${rows.join('\n')}</ul></section>`;
}

function devicePill({ deviceVerdict }: Section): string {
  const sign = deviceVerdict === 'agrees' ? '✓' : '✗';
  return `<span class="pill ${deviceVerdict}"><span aria-hidden="true">${sign}</span> ${deviceVerdict}</span>`;
}

function renderDevice(section: Section): string {
  const rows = section.checks.map(renderCheck);
  return `<section aria-label="Verdict on the device"><h3>The device ${devicePill(section)}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Checks of the device"><table>
<thead><tr><th scope="col">compared</th><th scope="col">against</th><th scope="col" class="number">distance</th><th scope="col" class="number">at most</th><th scope="col">unit</th><th scope="col">verdict</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></section>`;
}

function renderCheck({ name, against, distance, bound, unit, agrees }: DeviceCheck): string {
  return `<tr><th scope="row">${escaped(name)}</th><td>${against === 'theory' ? 'theory' : `golden/${against}`}</td><td class="number">${significant(distance)}</td><td class="number">${significant(bound)}</td><td>${escaped(unit)}</td><td class="nowrap">${agrees ? '✓ agrees' : '✗ disagrees'}</td></tr>`;
}

async function renderFigure(picture: Picture, section: string): Promise<string> {
  const id = `${section}-${picture.id}`;
  const table = pictureTable(picture);
  return `<figure id="${escaped(id)}">
<figcaption><h4>${escaped(picture.title)}</h4><p>${escaped(picture.caption)}</p></figcaption>
${renderLegendOf(picture)}<div class="drawing" role="img" aria-label="${escaped(`${picture.title}. ${picture.caption} The table below has every number.`)}">${renderPicture(picture)}</div>
${picture.band === undefined ? '' : `<p class="soft">Bands and bars: ${escaped(picture.band)}.</p>`}
<details><summary>The numbers of this picture</summary>
${renderScrollTable(table, `${id}-numbers`)}
</details>
${renderDownloads(table, `${picture.id}`, picture)}
</figure>`;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  circle: '<circle cx="12" cy="7" r="4.5"/>',
  square: '<rect x="8" y="3" width="8" height="8"/>',
  diamond: '<path d="M12 1.5 17 7 12 12.5 7 7Z"/>',
  triangle: '<path d="M12 2 17.5 12H6.5Z"/>',
};

function renderLegendOf({ series }: Picture): string {
  return `<ul class="legend">${series.map(renderLegend).join('')}</ul>\n`;
}

function renderLegend(series: Series, _index: number, all: readonly Series[]): string {
  const colour = colourOf(series, all);
  return `<li><svg width="24" height="14" viewBox="0 0 24 14" aria-hidden="true" focusable="false" style="fill:${colour}">${SYMBOLS[String(symbolOf(series))]}</svg>${escaped(series.name)}</li>`;
}

function renderTableBlock(table: ResultTable, id: string): string {
  return `<section class="table" aria-labelledby="${id}-title"><h4 id="${id}-title">${escaped(table.title)}</h4>
${renderScrollTable(table, id)}
${renderDownloads(table, id, table)}</section>`;
}

/** A number is shown short, and its cell holds all of it. */
function renderScrollTable({ columns, rows, title }: ResultTable, id: string): string {
  const heads = columns.map(
    ({ name, unit }) =>
      `<th scope="col">${escaped(name)}${unit === null ? '' : ` <span class="unit">${escaped(unit)}</span>`}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map(renderCell).join('')}</tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(title)}"><table id="${escaped(id)}" class="data">
<thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function renderCell(cell: Cell): string {
  return typeof cell === 'number'
    ? `<td class="number" data-value="${cell}" title="${cell}">${cellText(cell)}</td>`
    : `<td>${escaped(cellText(cell))}</td>`;
}

function renderDownloads(table: ResultTable, name: string, json: unknown): string {
  const link = (type: string, text: string, extension: string) =>
    `<a download="${escaped(name)}.${extension}" href="data:${type};charset=utf-8,${encodeURIComponent(text)}">${extension.toUpperCase()}<span class="hidden"> of ${escaped(table.title)}</span></a>`;
  return `<p class="downloads">Download: ${link('text/csv', toCsv(table), 'csv')} ${link('application/json', JSON.stringify(json, null, 2), 'json')}</p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in double quotes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
