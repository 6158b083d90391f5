/** The best items of a score vector, best first. */
export interface Top {
  /** Positions in the score vector. */
  readonly indices: Int32Array;
  /** The scores at these positions. */
  readonly scores: Float32Array;
}

/**
 * Selects the `count` largest scores, best first; of equal scores the lower index wins. NaN is never selected.
 * One pass with a small heap: about 1 ns per score when `count` is small.
 * @param excluded positions to leave out: a mask with non-zero at them, or a predicate (called only for candidates)
 */
export function selectTop(
  scores: Float32Array,
  count: number,
  excluded?: Uint8Array | ((index: number) => boolean),
): Top {
  const heapScores = new Float32Array(Math.max(0, Math.min(count, scores.length)));
  const heapIndices = new Int32Array(heapScores.length);
  const capacity = heapScores.length;
  const isExcluded = typeof excluded === "function" ? excluded : excluded && ((index: number) => excluded[index] !== 0);
  let size = 0;

  // The root is the worst of the kept ones: the lowest score and, of equal scores, the highest index.
  const worse = (a: number, b: number): boolean =>
    heapScores[a]! < heapScores[b]! || (heapScores[a] === heapScores[b] && heapIndices[a]! > heapIndices[b]!);
  const swap = (a: number, b: number): void => {
    const score = heapScores[a]!;
    const index = heapIndices[a]!;
    heapScores[a] = heapScores[b]!;
    heapIndices[a] = heapIndices[b]!;
    heapScores[b] = score;
    heapIndices[b] = index;
  };
  const siftDown = (end: number): void => {
    for (let at = 0; ;) {
      let worst = at;
      const left = 2 * at + 1;
      if (left < end && worse(left, worst)) worst = left;
      if (left + 1 < end && worse(left + 1, worst)) worst = left + 1;
      if (worst === at) return;
      swap(at, worst);
      at = worst;
    }
  };

  let bar = -Infinity;
  for (let index = 0; capacity > 0 && index < scores.length; index++) {
    const score = scores[index]!;
    // Indices ascend, so an equal score later never displaces an earlier one.
    if (size === capacity ? !(score > bar) : Number.isNaN(score)) continue;
    if (isExcluded?.(index)) continue;
    if (size < capacity) {
      let at = size++;
      heapScores[at] = score;
      heapIndices[at] = index;
      for (let parent = (at - 1) >> 1; at > 0 && worse(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    } else {
      heapScores[0] = score;
      heapIndices[0] = index;
      siftDown(size);
    }
    if (size === capacity) bar = heapScores[0]!;
  }
  for (let end = size - 1; end > 0; end--) {
    swap(0, end);
    siftDown(end);
  }
  return { indices: heapIndices.slice(0, size), scores: heapScores.slice(0, size) };
}

/**
 * The value that `rank` others come before in descending order; moves those to the front (Hoare's selection, 1961).
 * @param values at least one more than `rank`, none of them NaN
 */
export function nthLargest(values: Float32Array | Float64Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left]! > pivot) left++;
      while (values[right]! < pivot) right--;
      if (left > right) break;
      const swapped = values[left]!;
      values[left++] = values[right]!;
      values[right--] = swapped;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank]!;
}
