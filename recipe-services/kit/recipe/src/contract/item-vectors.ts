/** Vectors of items: the closer the cosine of two is to 1, the more similar the items. */
export interface ItemVectors {
  /** Numbers in each vector. */
  readonly dimension: number;
  /**
   * Writes an item's vector, of any length but 0, into `out`.
   * @param item replica item index
   * @returns false when the model has none of this item
   */
  read(item: number, out: Float32Array): boolean;
}
