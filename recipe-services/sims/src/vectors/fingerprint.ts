import { fnv1a, fnv1aUnit } from "@palate/numeric";

/** Ends each text, so that "ab", "c" and "a", "bc" differ. */
const END = 0xffff;

/** A 32-bit fingerprint of an item's texts, to notice a change by. */
export function fingerprintOf(texts: readonly string[]): number {
  return texts.reduce((hash, text) => fnv1aUnit(END, fnv1a(text, hash)), fnv1a(""));
}
