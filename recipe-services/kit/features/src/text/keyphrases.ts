import type { Keyphrase } from "@palate/recipe";
import { plainText } from "./plain-text.js";
import { isStopWord } from "./stop-words.js";
import { MAX_TEXT_LENGTH } from "./terms.js";
import { wordsOf } from "./words.js";

/** Longest phrase, in words. */
const MAX_PHRASE_WORDS = 3;
/** Weight of each further word of a phrase: longer phrases score higher, but less than in proportion to their length. */
const FURTHER_WORD = 0.6;
/** Weight of a phrase at the end of a text relative to one at its start. */
const LATE = 0.5;
/** A number alone is not a phrase, however rare it is. */
const NUMBER = /^[\p{N}.,]+$/u;

let segmenter: Intl.Segmenter | undefined;

/** Words of a text in runs without punctuation or line breaks between them; languages without spaces by dictionary. */
function* runsOf(text: string): Generator<string[]> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  let run: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) run.push(segment);
    else if (segment !== " " && segment !== "-" && segment !== "'" && segment !== "\u00a0") {
      if (run.length > 0) yield run;
      run = [];
    }
  }
  if (run.length > 0) yield run;
}

const UNSPACED =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}/u;

/**
 * The keyphrases of an item: runs of one to three words that neither begin nor end with a stop word, ranked by how rare their
 * words are among all texts, how often they occur and how early. Phrases contained in better ones are skipped.
 * @param texts the item's texts, the most important column first; HTML or plain, any language
 * @param rarity inverse document frequency of a word: for example {@link TextModel.rarity}
 * @param limit most phrases
 */
export function keyphrasesOf(texts: readonly string[], rarity: (word: string) => number, limit: number): Keyphrase[] {
  const found = new Map<string, { phrase: string; weight: number; rarities: number }>();
  const known = new Map<string, number>();
  const rarityOf = (word: string): number => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const value = NUMBER.test(word) ? 0 : rarity(word);
    known.set(word, value);
    return value;
  };
  for (const [column, text] of texts.entries()) {
    const plain = plainText(text.slice(0, MAX_TEXT_LENGTH));
    let words = 0;
    const runs = [...runsOf(plain)];
    const total = runs.reduce((sum, run) => sum + run.length, 0);
    for (const run of runs) {
      const plainWords = run.map((word) => wordsOf(word).join(" "));
      const stops = plainWords.map((word) => word === "" || isStopWord(word));
      for (let first = 0; first < run.length; first++, words++) {
        if (stops[first]) continue;
        let rarities = 0;
        for (let last = first; last < Math.min(run.length, first + MAX_PHRASE_WORDS); last++) {
          if (stops[last]) continue;
          rarities += rarityOf(run[last]!) * (last === first ? 1 : FURTHER_WORD);
          if (last === first && (run[first]!.length < 2 || NUMBER.test(run[first]!))) continue;
          const parts = run.slice(first, last + 1);
          const phrase = parts.join(parts.every((part) => UNSPACED.test(part)) ? "" : " ").toLowerCase();
          const key = plainWords.slice(first, last + 1).join(" ");
          const weight = (1 - (1 - LATE) * (words / Math.max(1, total))) / (1 + column);
          const before = found.get(key);
          if (before === undefined) found.set(key, { phrase, weight, rarities });
          else before.weight += weight;
        }
      }
    }
  }
  const scored = [...found].map(([key, { phrase, weight, rarities }]) => ({
    key: ` ${key} `,
    phrase,
    score: rarities * Math.log1p(weight),
  }));
  scored.sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
  const chosen: typeof scored = [];
  for (const candidate of scored) {
    if (chosen.length >= limit || !(candidate.score > 0)) break;
    const overlaps = chosen.some(({ key }) => key.includes(candidate.key) || candidate.key.includes(key));
    if (!overlaps) chosen.push(candidate);
  }
  const best = chosen[0]?.score ?? 1;
  return chosen.map(({ phrase, score }) => ({ phrase, score: score / best }));
}
