/** Results of one question beside each other: what differs in conditions, verdicts and numbers. */
import type { Cell, Picture, ResultTable } from '../contract/experiment.ts';
import { VERDICTS } from './experiment-terminal.ts';
import type { Section } from './section.ts';

export interface SideBySide {
  readonly question: string;
  /** Places of the results in the report, from 1. */
  readonly places: readonly number[];
  /** Conditions and verdicts, a column for each result. */
  readonly tables: readonly ResultTable[];
  /** Those that each result has. */
  readonly pictures: readonly ComparedPicture[];
}

export interface ComparedPicture {
  readonly title: string;
  /** One for each result, in the order of `places`. */
  readonly parts: readonly Picture[];
  /** What the devices measured, as one picture: for its table. */
  readonly measured: Picture;
}

/** One for each question that two or more results answer. */
export function compareSections(sections: readonly Section[]): SideBySide[] {
  const questions = [...new Set(sections.map(({ question }) => question))];
  return questions.flatMap((question) => {
    const places = sections.flatMap((section, index) =>
      section.question === question ? [index + 1] : [],
    );
    if (places.length < 2) return [];
    const own = places.map((place) => sections[place - 1] as Section);
    return [
      {
        ...{ question, places },
        tables: tablesOf(own, places),
        pictures: comparedPictures(own, places),
      },
    ];
  });
}

function tablesOf(sections: readonly Section[], places: readonly number[]): ResultTable[] {
  const table = (title: string, rows: readonly (readonly Cell[])[]): ResultTable => ({
    title,
    columns: [
      { name: '', unit: null },
      ...places.map((place) => ({ name: `result ${place}`, unit: null })),
    ],
    rows,
  });
  const row = (name: string, of: (section: Section) => Cell) => [name, ...sections.map(of)];
  const claims = new Map(
    sections.flatMap((section) => section.claims.map(({ id, text }) => [id, text])),
  );
  return [
    table('Conditions', [
      row('title', ({ title }) => title),
      row('device', ({ device }) => device.label),
      row('with', ({ conditions }) => conditions.join('; ')),
    ]),
    table('Verdicts', [
      ...[...claims].map(([id, text]) =>
        row(text, (section) => {
          const claim = section.claims.find((one) => one.id === id);
          if (claim === undefined) return null;
          const { sign, words } = VERDICTS[claim.verdict];
          return `${sign} ${words}`;
        }),
      ),
      row('the device', ({ deviceVerdict }) => deviceVerdict),
    ]),
  ];
}

function comparedPictures(
  sections: readonly Section[],
  places: readonly number[],
): ComparedPicture[] {
  const [first] = sections;
  return (first?.pictures ?? []).flatMap((picture) => {
    const parts = sections.flatMap(
      (section) => section.pictures.find(({ id }) => id === picture.id) ?? [],
    );
    if (parts.length < sections.length) return [];
    const series = parts.flatMap((part, index) =>
      part.series
        .filter(({ source }) => source === 'device')
        .map((one) => ({ ...one, name: `result ${places[index]}, ${one.name}` })),
    );
    return [{ title: picture.title, parts, measured: { ...picture, series } }];
  });
}
