/** A phrase that tells what a text is about. */
export interface Keyphrase {
  /** As it stands in the text where it occurs first, in lower case. */
  readonly phrase: string;
  /** How telling it is, above 0 and at most 1; the best phrase of an item has 1. */
  readonly score: number;
}
