import { AVERAGE_EVERY, averageDecay, BETA1, BETA2, CLIP, EPSILON, type AdamState } from "./flat-adam.js";

/** By how much one step without a gradient shortens the change that Adam makes. */
const FADE = BETA1 / Math.sqrt(BETA2);
/** Steps after which a row without gradients stands still: the rest of its way is less than a millionth. */
const STILL_AFTER = 160;
/** Steps after which the running means of a row without gradients are taken for zero. */
const [MEAN_GONE, SQUARE_GONE] = [300, 2000];

/** How a row without gradients has moved since its last one; see `#since`. */
interface Way {
  /** What its change at the last gradient is to be multiplied by. */
  readonly change: number;
  /** What is left of its average, and how much of the change is in it. */
  readonly averageLeft: number;
  readonly averageChange: number;
  readonly meanLeft: number;
  readonly squareLeft: number;
}

/**
 * Adam for tables of which a step reaches few rows: the same as `FlatAdam`, but a step costs what it reaches. A row that is
 * not reached goes on with what is left of its momentum, which fades in a geometric series: its sum is added when the row is
 * next looked at. The rows are item vectors and their biases, the first two parameters; all others are dense. Works
 * on plain arrays.
 */
export class SparseAdam {
  readonly #rows: number;
  readonly #width: number;
  readonly #parameters: Float32Array;
  readonly #average: Float32Array;
  readonly #mean: Float32Array;
  readonly #square: Float32Array;
  /** The step that each row is up to. */
  readonly #upTo: Int32Array;
  #steps: number;
  /** The step before the first one of which something is known below. */
  readonly #base: number;
  /** By step: its rate with both bias corrections, and the logarithm of what is left of the average since `#base`. */
  readonly #scales: number[] = [0];
  readonly #averageLogs: number[] = [0];
  readonly #ways = new Map<number, Way>();

  /**
   * @param start flat parameters to start from, or a state to go on from; kept, not copied
   * @param rows items
   * @param width numbers in an item's vector
   */
  constructor(start: Float32Array | AdamState, rows: number, width: number) {
    const state = start instanceof Float32Array ? undefined : start;
    this.#parameters = start instanceof Float32Array ? start : start.parameters;
    const { length } = this.#parameters;
    this.#average = state?.average ?? this.#parameters.slice();
    this.#mean = state?.mean ?? new Float32Array(length);
    this.#square = state?.square ?? new Float32Array(length);
    this.#rows = rows;
    this.#width = width;
    this.#steps = this.#base = state?.steps ?? 0;
    this.#upTo = new Int32Array(rows).fill(this.#steps);
  }

  get steps(): number {
    return this.#steps;
  }

  /** The weights that the next gradient is to be taken at, of some items: their vectors, their biases, and all the rest. */
  gather(items: Int32Array): Float32Array {
    const width = this.#width;
    const tail = this.#parameters.subarray(this.#rows * (width + 1));
    const out = new Float32Array(items.length * (width + 1) + tail.length);
    items.forEach((item, at) => {
      this.#catchUp(item);
      out.set(this.#parameters.subarray(item * width, (item + 1) * width), at * width);
      out[items.length * width + at] = this.#parameters[this.#rows * width + item]!;
    });
    out.set(tail, items.length * (width + 1));
    return out;
  }

  /**
   * One step against the gradient.
   * @param items as given to `gather`, each once
   * @param gradient in the order of what `gather` gave
   */
  step(items: Int32Array, gradient: Float32Array, rate: number): void {
    const width = this.#width;
    const step = ++this.#steps;
    let squares = 0;
    for (let at = 0; at < gradient.length; at++) squares += gradient[at]! * gradient[at]!;
    const clip = Math.min(1, CLIP / (Math.sqrt(squares) + 1e-6));
    const correction = Math.sqrt(1 - BETA2 ** step);
    const scale = (rate * correction) / (1 - BETA1 ** step);
    const averaged = step % AVERAGE_EVERY === 0;
    const left = averaged ? averageDecay(step) : 1;
    this.#scales.push(scale);
    this.#averageLogs.push(this.#averageLogs.at(-1)! + Math.log(left));
    this.#ways.clear();
    const move = (from: number, to: number, count: number): void => {
      for (let k = 0; k < count; k++) {
        const at = to + k;
        const g = clip * gradient[from + k]!;
        const mean = BETA1 * this.#mean[at]! + (1 - BETA1) * g;
        const square = BETA2 * this.#square[at]! + (1 - BETA2) * g * g;
        this.#mean[at] = mean;
        this.#square[at] = square;
        const value = this.#parameters[at]! - (scale * mean) / (Math.sqrt(square) + EPSILON * correction);
        this.#parameters[at] = value;
        if (averaged) this.#average[at] = left * this.#average[at]! + (1 - left) * value;
      }
    };
    items.forEach((item, at) => {
      move(at * width, item * width, width);
      move(items.length * width + at, this.#rows * width + item, 1);
      this.#upTo[item] = step;
    });
    const from = items.length * (width + 1);
    move(from, this.#rows * (width + 1), gradient.length - from);
  }

  /** A copy of the averaged weights of all items, flat. */
  average(): Float32Array {
    this.#settle();
    return this.#average.slice();
  }

  /** A copy of everything that is needed to go on from here. */
  state(): AdamState {
    this.#settle();
    return {
      parameters: this.#parameters.slice(),
      average: this.#average.slice(),
      mean: this.#mean.slice(),
      square: this.#square.slice(),
      steps: this.#steps,
    };
  }

  #settle(): void {
    for (let item = 0; item < this.#rows; item++) this.#catchUp(item);
  }

  /** Brings an item's row to the present: makes the steps that it had no gradient in. */
  #catchUp(item: number): void {
    const since = this.#upTo[item]!;
    if (since === this.#steps) return;
    const way = this.#since(since);
    const width = this.#width;
    this.#move(item * width, (item + 1) * width, way);
    this.#move(this.#rows * width + item, this.#rows * width + item + 1, way);
    this.#upTo[item] = this.#steps;
  }

  #move(from: number, to: number, { change, averageLeft, averageChange, meanLeft, squareLeft }: Way): void {
    for (let at = from; at < to; at++) {
      const mean = this.#mean[at]!;
      const value = this.#parameters[at]!;
      const average = averageLeft * this.#average[at]! + (1 - averageLeft) * value;
      if (mean === 0) {
        this.#average[at] = average;
      } else {
        const last = mean / (Math.sqrt(this.#square[at]!) + EPSILON);
        this.#parameters[at] = value - change * last;
        this.#average[at] = average - averageChange * last;
        this.#mean[at] = mean * meanLeft;
      }
      this.#square[at]! *= squareLeft;
    }
  }

  /** The way from a step to the present; worked out once for all rows that stand there. */
  #since(step: number): Way {
    const known = this.#ways.get(step);
    if (known !== undefined) return known;
    let [fade, change, averageLeft, averageChange] = [1, 0, 1, 0];
    const moving = Math.min(this.#steps, step + STILL_AFTER);
    for (let j = step + 1; j <= moving; j++) {
      fade *= FADE;
      change += this.#scales[j - this.#base]! * fade;
      if (j % AVERAGE_EVERY !== 0) continue;
      const left = averageDecay(j);
      averageLeft *= left;
      averageChange = left * averageChange + (1 - left) * change;
    }
    const still = Math.exp(this.#averageLogs[this.#steps - this.#base]! - this.#averageLogs[moving - this.#base]!);
    const missed = this.#steps - step;
    const way: Way = {
      change,
      averageLeft: averageLeft * still,
      averageChange: still * averageChange + (1 - still) * change,
      // Zero in time, so that nothing lingers among numbers too small to be quick.
      meanLeft: missed > MEAN_GONE ? 0 : BETA1 ** missed,
      squareLeft: missed > SQUARE_GONE ? 0 : BETA2 ** missed,
    };
    this.#ways.set(step, way);
    return way;
  }
}
