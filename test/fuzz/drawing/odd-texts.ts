import type { Random } from "@palate/numeric";
import { chance, many, pick } from "../dialects/draw.js";

const WORDS = [
  "shop",
  "similar",
  "s",
  "item-1",
  "u1",
  "aws-sims",
  "a",
  "click",
  "$LATEST",
  "TITLE",
  "10",
  "2024-01-01T00:00:00Z",
];
const ODD = [
  ...["", " ", "\u0000", "\n", "\t", "'", '"', "\\", "`", "/", "..", "../../etc", "%00", "{{x}}", "<b>", "--", ";"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "null",
    "undefined",
    "NaN",
    "true",
    "-1",
    "1e999",
    "0x10",
  ],
  ...[
    "é",
    "e\u0301",
    "漢字",
    "😀",
    "👩‍👩‍👧",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\uffff",
    "\ud800",
    "\udc00",
    "\ud800x",
    "İ",
    "ß",
  ],
];

/** A text as a careless or hostile caller would send it: known words, odd characters, half characters, now and then very long. */
export function oddText(random: Random): string {
  const drawn = random.uniform();
  if (drawn < 0.55) return pick(random, WORDS);
  if (drawn < 0.85) return pick(random, ODD);
  if (drawn < 0.97) return many(1 + random.integer(8), () => pick(random, chance(random, 0.5) ? ODD : WORDS)).join("");
  return pick(random, ["x", "😀", "\u0000", "ab ", "\ud800"]).repeat(1 << random.integer(13));
}

/** A number at or near the bounds that programs have. */
export function oddNumber(random: Random): number {
  const bounds = [
    0,
    1,
    2,
    5,
    10,
    50,
    500,
    501,
    10_000,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 63,
    1e30,
    1e308,
  ];
  const drawn = pick(random, bounds) * (chance(random, 0.25) ? -1 : 1);
  return chance(random, 0.1) ? drawn + 0.5 : drawn;
}
