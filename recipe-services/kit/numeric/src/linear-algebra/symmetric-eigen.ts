/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi rotations.
 * @param matrix size × size, row-major; overwritten
 * @returns eigenvalues, falling, and the vectors as columns of a size × size row-major matrix
 */
export function symmetricEigen(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(size * size);
  for (let at = 0; at < size; at++) vectors[at * size + at] = 1;
  let scale = 0;
  for (const value of matrix) scale = Math.max(scale, Math.abs(value));
  for (let sweep = 0; sweep < 30; sweep++) {
    let largest = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = matrix[p * size + q]!;
        largest = Math.max(largest, Math.abs(off));
        if (Math.abs(off) <= 1e-14 * scale) continue;
        const theta = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * off);
        const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (let k = 0; k < size; k++) {
          const [a, b] = [matrix[k * size + p]!, matrix[k * size + q]!];
          matrix[k * size + p] = cosine * a - sine * b;
          matrix[k * size + q] = sine * a + cosine * b;
        }
        for (let k = 0; k < size; k++) {
          const [a, b] = [matrix[p * size + k]!, matrix[q * size + k]!];
          matrix[p * size + k] = cosine * a - sine * b;
          matrix[q * size + k] = sine * a + cosine * b;
        }
        for (let k = 0; k < size; k++) {
          const [a, b] = [vectors[k * size + p]!, vectors[k * size + q]!];
          vectors[k * size + p] = cosine * a - sine * b;
          vectors[k * size + q] = sine * a + cosine * b;
        }
      }
    }
    if (largest <= 1e-13 * scale) break;
  }
  const order = Array.from({ length: size }, (_, at) => at);
  order.sort((a, b) => matrix[b * size + b]! - matrix[a * size + a]! || a - b);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let k = 0; k < size; k++) sorted[k * size + to] = vectors[k * size + from]!;
  });
  return { values: Float64Array.from(order, (at) => matrix[at * size + at]!), vectors: sorted };
}
