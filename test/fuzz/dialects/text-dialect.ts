import type { Random } from "@palate/numeric";
import { chance, many, pick } from "./draw.js";
import { UNICODE, type TextEncoding } from "./encodings.js";

/** How a text file with separated values is written. */
export interface TextDialect {
  readonly delimiter: string;
  /** "" where quotes are text. */
  readonly quote: string;
  /** What stands before a quote inside of quotes. */
  readonly escape: string;
  /** Which values are quoted: those that must be, all of them, or some of those that need not be as well. */
  readonly quoting: "needed" | "all" | "some";
  readonly header: boolean;
  /** Whether the mapping names the columns. */
  readonly named: boolean;
  readonly lineEnd: "\n" | "\r\n" | "\r" | "mixed";
  /** Whether the last record ends in a line end. */
  readonly endsLine: boolean;
  readonly encoding: TextEncoding;
  readonly skipped: readonly string[];
  /** What comment lines begin with; "" is none. */
  readonly comment: string;
  /** Whether empty lines stand between records. */
  readonly emptyLines: boolean;
}

const DELIMITERS = [",", ",", ";", "\t", "|", "::", "||", "\u0001", "~", " ", "^|^", "¦", ":::", "#", "->"];

/** What a dialect is drawn for. */
interface DialectWish {
  readonly encoding: TextEncoding;
  /** Whether it is to be such that nothing has to be said of it. */
  readonly plain: boolean;
  readonly unnamed: boolean;
  readonly namedTwice: boolean;
  readonly inferred?: boolean;
}

/** Draws a dialect. */
export function drawDialect(random: Random, wish: DialectWish): TextDialect {
  const { encoding, plain: usual, unnamed, namedTwice, inferred = false } = wish;
  const known = DELIMITERS.filter((each) => encoding.has === undefined || /^[\0-\x7f]+$/.test(each));
  const delimiter = pick(random, inferred ? [",", ";", "\t", "|"] : usual ? [","] : known);
  const quote = usual ? '"' : pick(random, ['"', '"', '"', "'", "`", ""]);
  const header = !unnamed && (usual || namedTwice || chance(random, 0.7));
  const comment = usual || chance(random, 0.8) ? "" : pick(random, ["#", "//", "%", "--"]);
  return {
    ...{ delimiter, quote, header, encoding },
    escape: usual || chance(random, 0.7) ? quote : "\\",
    quoting: pick(random, ["needed", "needed", "all", "some"]),
    named: !usual && !unnamed && !namedTwice && (!header || chance(random, 0.1)),
    lineEnd: pick(random, ["\n", "\n", "\r\n", "\r", "mixed"]),
    endsLine: chance(random, 0.8),
    skipped:
      usual || chance(random, 0.9)
        ? []
        : many(1 + random.integer(3), () => pick(random, ["", "report of today", '"', "a,b", "sep=;"])),
    comment: comment !== "" && (delimiter.startsWith(comment) || comment.startsWith(delimiter)) ? "" : comment,
    emptyLines: chance(random, 0.1),
  };
}

/** The encodings of a file whose texts may hold any character. */
export function anyEncoding(random: Random, usual: boolean): TextEncoding {
  return pick(random, usual ? UNICODE.filter(({ tellsItself }) => tellsItself) : UNICODE);
}
