/** Something wrong with a text, found while it is made ready. */
export class TextProblem extends Error {
  /** The line it is in; 0 when it is about the whole. */
  readonly line: number;

  /** @param message what it is, and what would be right */
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
