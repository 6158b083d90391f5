import { fnv1a } from "@palate/numeric";
import { wordsOf } from "./words.js";

/** Number of different terms that hashing tells apart; a power of two. */
export const BUCKETS = 1 << 18;

/** Longest text looked at, in characters: enough for any description, and a bound on what one item can cost. */
export const MAX_TEXT_LENGTH = 20_000;

/** Worth of a part of a word beside the word itself: there are several to a word, and they only hint at it. */
const PART_WEIGHT = 0.3;
/** Words of at least so many characters are also taken apart, so that "lamp" and "lamps" have much in common. */
const MIN_SUBWORD_LENGTH = 5;
const PART_LENGTH = 4;
const NUMBERS_ONLY = /^\p{N}+$/u;

/** FNV-1a over UTF-16 units, finished like MurmurHash3 so that its low bits are even, in [0, BUCKETS). */
export function bucketOf(term: string): number {
  let hash = fnv1a(term);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) & (BUCKETS - 1);
}

/**
 * The weighted terms of a text by hash bucket: its words, each counting 1, and the four-character parts of longer words
 * with their ends marked, each counting 0.3, which finds inflections and compounds in any language without a dictionary.
 * @param text HTML or plain; what is beyond {@link MAX_TEXT_LENGTH} is not looked at
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
