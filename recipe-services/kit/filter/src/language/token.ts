import { errorAt, placeAt } from "./place.js";

/** A word of a filter text. */
export type Token = TextToken | NumberToken | DurationToken | PlainToken;

interface At {
  /** Offset of its first character. */
  readonly at: number;
  /** As it was written. */
  readonly raw: string;
}

/** A quoted text, unescaped. */
interface TextToken extends At {
  readonly kind: "text";
  readonly text: string;
}

/** A number, without sign. */
interface NumberToken extends At {
  readonly kind: "number";
  readonly number: number;
}

/** A span of time in seconds: 7d. */
interface DurationToken extends At {
  readonly kind: "duration";
  readonly seconds: number;
}

/** A name or keyword, $parameter (without the sign in `name`), a symbol, or the end. */
interface PlainToken extends At {
  readonly kind: "name" | "parameter" | "symbol" | "end";
  /** The name; the symbol itself; nothing at the end. */
  readonly name: string;
}

/** Units of time by letter, in seconds. */
export const UNITS: Readonly<Record<string, number>> = { w: 604800, d: 86400, h: 3600, m: 60, s: 1 };

const SPACE = /[\s\u00a0\ufeff]+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PARAMETER = /\$([A-Za-z0-9_]*)/y;
const SYMBOL = /!=|<=|>=|[=<>(),.|*+-]/y;
const FOREIGN = /<>|==|&&|\|\||=<|=>/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'/y;

/** What to write in place of signs that other languages have. */
const INSTEAD: Readonly<Record<string, string>> = {
  "<>": "write !=",
  "==": "write =",
  "=<": "write <=",
  "=>": "write >=",
  "&&": "write AND",
  "||": "write OR, or one | between two expressions",
  "!": "write NOT, or != to compare",
  "“": 'use plain quotes, "',
  "”": 'use plain quotes, "',
  "‘": 'use plain quotes, "',
  "’": 'use plain quotes, "',
  "`": 'use plain quotes, "',
};

/** Cuts a text into tokens; the last is the end. */
export function tokenize(text: string, what: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const fail = (message: string, offset = at): never => {
    throw errorAt(what, placeAt(text, offset), message);
  };
  for (;;) {
    at += match(SPACE)?.[0].length ?? 0;
    if (at >= text.length) return [...tokens, { kind: "end", at, raw: "", name: "" }];
    let found: RegExpExecArray | null;
    let token: Token;
    if ((found = match(WORD))) {
      token = { kind: "name", at, raw: found[0], name: found[0] };
    } else if ((found = match(PARAMETER))) {
      if (found[1] === "")
        fail("found $ without a name; write a parameter as $NAME, of letters, digits and underscores.");
      token = { kind: "parameter", at, raw: found[0], name: found[1]! };
    } else if ((found = match(NUMBER))) {
      token = numberOrDuration(text, at, found[0], fail);
    } else if ((found = match(QUOTED))) {
      token = { kind: "text", at, raw: found[0], text: unescaped(found[1] ?? found[2]!) };
    } else if (!match(FOREIGN) && (found = match(SYMBOL))) {
      token = { kind: "symbol", at, raw: found[0], name: found[0] };
    } else {
      const wrong = match(FOREIGN)?.[0] ?? String.fromCodePoint(text.codePointAt(at)!);
      if (wrong === '"' || wrong === "'") return fail(`this quoted text has no end; close it with ${wrong}.`);
      const instead = INSTEAD[wrong] ?? "remove it, or put it in quotes";
      return fail(`found ${JSON.stringify(wrong)}, which means nothing here; ${instead}.`);
    }
    tokens.push(token);
    at += token.raw.length;
  }
}

/** Only a quote and a backslash can be escaped; any other backslash stands for itself. */
function unescaped(inner: string): string {
  return inner.replace(/\\(["'\\])/g, "$1");
}

function numberOrDuration(text: string, at: number, digits: string, fail: (message: string) => never): Token {
  WORD.lastIndex = at + digits.length;
  const letters = WORD.exec(text)?.[0] ?? "";
  const raw = digits + letters;
  const number = Number(digits);
  if (!Number.isFinite(number)) return fail(`the number ${digits} is too large.`);
  if (letters === "") return { kind: "number", at, raw, number };
  const seconds = number * (UNITS[letters.toLowerCase()] ?? NaN);
  if (!Number.isSafeInteger(seconds)) {
    fail(
      `found ${raw}; a span of time is a whole number of s, m, h, d or w (7d), and a text stands in quotes ("${raw}").`,
    );
  }
  return { kind: "duration", at, raw, seconds };
}
