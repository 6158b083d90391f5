/** Key information from unstructured text, in any language and without a downloaded model. Mathematics only. */
export type { Embedder, Embedders } from "./embedder.js";
export { keyphrasesOf } from "./keyphrases.js";
export type { Keyphrase } from "../recipe/keyphrase.js";
export { plainText } from "./plain-text.js";
export { randomizedSvd, sparseTimesDense, type TruncatedSvd } from "./randomized-svd.js";
export { denseOf, rowOf, SparseRowsBuilder, type SparseRow, type SparseRows } from "./sparse-rows.js";
export { symmetricEigen } from "./symmetric-eigen.js";
export { BUCKETS, bucketOf, LONGEST_TEXT, termsOf } from "./terms.js";
export { TextModel, type TextModelOptions } from "./text-model.js";
export { within } from "./within.js";
export { wordsOf } from "./words.js";
