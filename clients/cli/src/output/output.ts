import type { createColors } from "picocolors";

/** Colours, each of which leaves text alone where there are to be none. */
export type Colors = ReturnType<typeof createColors>;

/** Where a command writes, and how. */
export interface OutputOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** One JSON document on standard output instead of text. */
  readonly json: boolean;
  /** Colours of standard output. */
  readonly colors: Colors;
  /** Colours of standard error. */
  readonly noteColors: Colors;
}

/** Widest text where standard output is no terminal. */
const PLAIN_WIDTH = 120;

/**
 * What a command tells its user. Results go to standard output: text for people, with `json` one document for programs.
 * Progress and remarks go to standard error.
 */
export class Output {
  readonly json: boolean;
  readonly colors: Colors;
  readonly noteColors: Colors;
  readonly stderr: NodeJS.WriteStream;
  readonly #stdout: NodeJS.WriteStream;

  constructor({ stdout, stderr, json, colors, noteColors }: OutputOptions) {
    this.#stdout = stdout;
    this.stderr = stderr;
    this.json = json;
    this.colors = colors;
    this.noteColors = noteColors;
  }

  /** Characters in a line. */
  get width(): number {
    return this.#stdout.isTTY ? this.#stdout.columns || 80 : PLAIN_WIDTH;
  }

  /** Whether the result goes to a terminal. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY;
  }

  /** Writes the command's result: `document` for programs, or what `text` makes of it for people. */
  result(document: unknown, text: () => string): void {
    this.#stdout.write(this.json ? `${JSON.stringify(document, null, 2)}\n` : ensureLine(text()));
  }

  /** Writes one line of a stream: JSON for programs, `text` for people. */
  record(document: unknown, text: () => string): void {
    this.#stdout.write(this.json ? `${JSON.stringify(document)}\n` : ensureLine(text()));
  }

  /** Writes text for people; programs do not see it. */
  say(text: string): void {
    if (!this.json) this.#stdout.write(ensureLine(text));
  }

  /** Tells people what is going on. */
  note(text: string): void {
    if (!this.json) this.stderr.write(ensureLine(text));
  }

  /** Tells of something that may be wrong, to people and beside the document. */
  warn(text: string): void {
    this.stderr.write(ensureLine(`${this.noteColors.yellow("warning:")} ${text}`));
  }
}

function ensureLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
