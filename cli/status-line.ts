/** One line on standard error that is written over on a terminal; elsewhere only what is new. */

const CLEAR_LINE = '\r\u001b[2K';

export interface StatusLine {
  /** Shown until the next; `lasting` also where lines stay. */
  show(text: string, options: { readonly lasting: boolean }): void;
  /** Removes the line, so that what follows starts at its left end. */
  finish(): void;
}

export function createStatusLine(stream: NodeJS.WriteStream = process.stderr): StatusLine {
  let open = false;
  return {
    show(text, { lasting }) {
      if (stream.isTTY) {
        stream.write(`${CLEAR_LINE}${text}`);
        open = true;
      } else if (lasting) {
        stream.write(`${text}\n`);
      }
    },
    finish() {
      if (open) stream.write(CLEAR_LINE);
      open = false;
    },
  };
}
