import { fnv1a } from "@palate/numeric";
import { wordsOf } from "./words.js";

/** Number of hash buckets for terms; a power of two. */
export const BUCKETS = 1 << 18;

/** Longest text that is read, in characters: enough for any description, and a bound on the cost of one item. */
export const MAX_TEXT_LENGTH = 20_000;

/** Weight of a subword relative to the word itself: a word has several, and each says less than the word. */
const PART_WEIGHT = 0.3;
/** Shortest word that is also split into subwords, so that "lamps" and "lampshade" have terms in common. */
const MIN_SUBWORD_LENGTH = 5;
const PART_LENGTH = 4;
const NUMBERS_ONLY = /^\p{N}+$/u;

/** FNV-1a over UTF-16 units, finalized as in MurmurHash3 so that its low bits are evenly distributed, in [0, BUCKETS). */
function bucketOf(term: string): number {
  let hash = fnv1a(term);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) & (BUCKETS - 1);
}

/**
 * The weighted terms of a text by hash bucket: its words, each counting 1, and the character 4-grams of longer words with their
 * ends marked, each counting 0.3, which match inflections and compounds in any language without a dictionary.
 * @param text HTML or plain; only the first {@link MAX_TEXT_LENGTH} characters are read
 */
export function termsOf(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  const add = (term: string, weight: number): void => {
    const bucket = bucketOf(term);
    counts.set(bucket, (counts.get(bucket) ?? 0) + weight);
  };
  for (const word of wordsOf(text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text)) {
    add(word, 1);
    if (word.length < MIN_SUBWORD_LENGTH || NUMBERS_ONLY.test(word)) continue;
    const marked = `^${word}$`;
    for (let at = 0; at + PART_LENGTH <= marked.length; at++) add(marked.slice(at, at + PART_LENGTH), PART_WEIGHT);
  }
  return counts;
}
