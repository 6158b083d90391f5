import type { Random } from "@palate/numeric";
import { toText } from "../language/to-text.js";
import { pick, randomFilter } from "./random-filter.js";

const WORDS = [
  ..."INCLUDE EXCLUDE ItemID UserID ActionID WHERE AND OR NOT IN IF CONTAINS NOT_IN TRUE false now".split(" "),
  ..."Items Interactions CurrentItem CurrentUser Users Actions Action_Interactions . . . EVENT_TYPE GENRE PRICE".split(
    " ",
  ),
  ..."= != < <= > >= ( ( ) ) , | * - + $P $ 0 18 -2.5 1e3 7d 3w 1e999 12x".split(" "),
  ...[
    '"drama"',
    '"*"',
    '"a\\"b"',
    "'it'",
    '"',
    "'",
    "\\",
    "“",
    "\0",
    "\n",
    "é",
    "😀",
    "\ud800",
    "__proto__",
    "constructor",
  ],
];

const CHARACTERS = [..."INCLUDEexists $\"'\\|*().,=<>!-+0123456789dhw_\n\t\0é😀"];

/** A short text that is a filter, nearly one, words of filters in any order, or nothing like one. */
export function randomText(random: Random): string {
  const how = random.uniform();
  if (how < 0.45) return damaged(random, toText(randomFilter(random)));
  if (how < 0.8) return some(random, 30, () => pick(random, WORDS)).join(random.uniform() < 0.9 ? " " : "");
  if (how < 0.95) return some(random, 40, () => pick(random, CHARACTERS)).join("");
  return String.fromCharCode(...some(random, 20, () => random.integer(0x10000)));
}

/** Up to three changes: words left out, doubled, swapped with others, letters replaced, the end cut off. */
function damaged(random: Random, text: string): string {
  let result = text;
  for (let change = random.integer(4); change > 0; change--) {
    const words = result.split(" ");
    const at = random.integer(words.length);
    const letter = random.integer(result.length + 1);
    const changes = [
      (): string => words.toSpliced(at, 1).join(" "),
      (): string => words.toSpliced(at, 0, words[at]!).join(" "),
      (): string => words.toSpliced(at, 1, pick(random, WORDS)).join(" "),
      (): string => result.slice(0, letter) + pick(random, CHARACTERS) + result.slice(letter + random.integer(2)),
      (): string => result.slice(0, letter),
      (): string => (random.uniform() < 0.5 ? result.toLowerCase() : result.replaceAll(" ", "")),
    ];
    result = pick(random, changes)();
  }
  return result;
}

function some<T>(random: Random, most: number, draw: () => T): T[] {
  return Array.from({ length: random.integer(most + 1) }, draw);
}
