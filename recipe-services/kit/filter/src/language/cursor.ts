import type { PalateError } from "@palate/host";
import { suggestion } from "./nearest.js";
import { errorAt, placeAt, type Place } from "./place.js";
import { tokenize, type Token } from "./token.js";

/** Longest text that is read, in UTF-16 units: far beyond Amazon's 2500, but bounded. */
const MAX_EXPRESSION_LENGTH = 100_000;

/** Deepest nesting of parentheses and NOT. */
const DEEPEST_NESTING = 100;

/** Walks over the tokens of one text, and says what is wrong where. */
export class Cursor {
  readonly #text: string;
  readonly #what: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  /** @param what what the text is, to begin messages with: "Filter" */
  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
    if (text.length > MAX_EXPRESSION_LENGTH) {
      const message = `the text has ${text.length} characters; at most ${MAX_EXPRESSION_LENGTH} are read.`;
      throw errorAt(what, { line: 1, column: 1 }, message);
    }
    this.#tokens = tokenize(text, what);
  }

  /** The token that comes next; the end comes for ever. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  /** Whether the next token is this symbol, or this keyword in upper or lower case. */
  sees(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === "symbol" || token.kind === "name") && token.name.toUpperCase() === word;
  }

  /** Takes the symbol or keyword if it is next. */
  takes(word: string): boolean {
    const seen = this.sees(word);
    if (seen) this.#next++;
    return seen;
  }

  /** Takes one of the symbols or keywords, else fails saying what was expected. */
  expect(words: readonly string[], expected: string): string {
    const word = words.find((candidate) => this.takes(candidate));
    if (word === undefined) throw this.unexpected(expected, words);
    return word;
  }

  /** Runs `read` one level deeper. */
  nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST_NESTING) {
      throw this.error(`nested more than ${DEEPEST_NESTING} levels deep; use fewer parentheses and NOTs.`);
    }
    const result = read();
    this.#depth--;
    return result;
  }

  /** Where a token stands. */
  place(token: Token = this.peek()): Place {
    return placeAt(this.#text, token.at);
  }

  /** An error about a token, by default the next one. */
  error(message: string, token: Token = this.peek()): PalateError {
    return errorAt(this.#what, this.place(token), message);
  }

  /** The error that the next token is not what was expected. `words` are what could have been meant by a name. */
  unexpected(expected: string, words: readonly string[] = []): PalateError {
    const token = this.peek();
    const found = token.kind === "end" ? "the text ends" : `found ${shortened(token.raw)}`;
    const meant = token.kind === "name" ? suggestion(token.name, words.filter(isWord), "") : "";
    return this.error(`${found}; expected ${expected}.${meant}`);
  }
}

function isWord(text: string): boolean {
  return /^[A-Za-z]/.test(text);
}

/** No message repeats a page of input. */
function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
