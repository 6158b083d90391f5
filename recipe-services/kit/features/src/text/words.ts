import { plainText } from "./plain-text.js";

/** A run of letters, marks and digits; apostrophes and hyphens within are dealt with by {@link wordsOf}. */
const RUNS = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;
/** Writing that puts no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const ELISIONS = /(\p{L})['’](?=\p{L})/gu;
const MARKS = /\p{M}+/gu;

/**
 * Lower case without the marks that people leave out when they type (café, cafe), for scripts in which that is usual; in
 * others, such as Devanagari, marks are vowels and stay.
 */
function folded(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  if (!/^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\p{N}]+$/u.test(lower)) return lower;
  return lower.normalize("NFD").replace(MARKS, "").normalize("NFC").replaceAll("ß", "ss");
}

/** Overlapping pairs of characters: character bigrams, the index of text without spaces where there is no reliable dictionary. */
function pairsOf(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => characters[at]! + character);
}

/**
 * The words of a text, in order, lower case and without accents. Writing without spaces between words (Chinese, Japanese,
 * Thai, …) gives overlapping pairs of characters, so that the same text gives the same words on every machine, whatever
 * dictionaries it has. HTML is taken out first. Empty for a text without letters and digits.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [run] of plainText(text).replace(ELISIONS, "$1").matchAll(RUNS)) {
    let end = 0;
    for (const match of run.matchAll(UNSPACED)) {
      if (match.index > end) words.push(folded(run.slice(end, match.index)));
      words.push(...pairsOf(match[0]));
      end = match.index + match[0].length;
    }
    if (end < run.length) words.push(folded(end === 0 ? run : run.slice(end)));
  }
  return words;
}
