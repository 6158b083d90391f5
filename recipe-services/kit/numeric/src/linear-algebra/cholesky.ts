/** Rows factored between two yields. */
const ROWS_A_SLICE = 64;

/**
 * Factors a symmetric positive definite matrix as L L', in place: the lower triangle becomes L.
 * @param matrix size × size, row-major; only the lower triangle is read
 * @returns yields 0 now and then
 * @throws RangeError when the matrix is not positive definite
 */
export function* choleskyFactor(matrix: Float64Array, size: number): Generator<number, void> {
  for (let row = 0; row < size; row++) {
    const r = row * size;
    for (let column = 0; column <= row; column++) {
      const c = column * size;
      let sum = matrix[r + column]!;
      for (let k = 0; k < column; k++) sum -= matrix[r + k]! * matrix[c + k]!;
      if (column < row) matrix[r + column] = sum / matrix[c + column]!;
      else if (sum > 0) matrix[r + row] = Math.sqrt(sum);
      else throw new RangeError(`The matrix is not positive definite (pivot ${sum} at ${row}); use a larger lambda.`);
    }
    if (row % ROWS_A_SLICE === 0) yield 0;
  }
}

/**
 * Solves L L' X = R.
 * @param factor of {@link choleskyFactor}
 * @param right size × columns, row-major; it is overwritten
 * @returns X, in the place of `right`'s copy
 */
export function solveWithFactor(
  factor: Float64Array,
  size: number,
  right: Float64Array,
  columns: number,
): Float64Array {
  const x = right.slice();
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) subtract(x, row, k, factor[row * size + k]!, columns);
    divide(x, row, factor[row * size + row]!, columns);
  }
  for (let row = size - 1; row >= 0; row--) {
    divide(x, row, factor[row * size + row]!, columns);
    for (let k = 0; k < row; k++) subtract(x, k, row, factor[row * size + k]!, columns);
  }
  return x;
}

function subtract(x: Float64Array, to: number, from: number, times: number, columns: number): void {
  if (times === 0) return;
  for (let c = 0; c < columns; c++) x[to * columns + c]! -= times * x[from * columns + c]!;
}

function divide(x: Float64Array, row: number, by: number, columns: number): void {
  for (let c = 0; c < columns; c++) x[row * columns + c]! /= by;
}
