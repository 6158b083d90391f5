import type { Tensor2D, Tensor3D, Tf } from "@palate/tensorflow";
import type { Part } from "./network-parts.js";

/**
 * What the network is told about the positions of some sequences of one length side by side: entry `t * rows + row` is position t of
 * sequence `row`.
 */
export interface PositionInputs {
  /** Sequences. */
  readonly rows: number;
  /** Positions of each. */
  readonly length: number;
  /** The item of each position; any where `start` says that there is none. */
  readonly inputs: Int32Array;
  /**
   * What is known of each position beside its item: rows of the context table, one after the other for each thing that may be
   * known. The row behind the last one stands for nothing.
   */
  readonly context?: Int32Array | undefined;
  /** The same for what is known of each sequence as a whole, [things, rows]. */
  readonly user?: Int32Array | undefined;
  /** [rows, length, length]: how old each interaction is for each later position, as `ageRowsOf` says it; attention with times needs it. */
  readonly ages?: Int32Array | undefined;
  /** 1 where an item stands, 0 where a sequence begins with what is known of its user alone; absent: items everywhere. */
  readonly start?: Float32Array | undefined;
}

/** The derivatives by what went into {@link networkInput}. */
export interface InputGradients {
  /** [length * rows, width]: by the item vector at each position. */
  readonly input: Tensor2D;
  /** By the context table; absent where it took no part. */
  readonly context?: Tensor2D;
}

/**
 * The input of a network: at each position the vector of its item and all that is known beside it, added up, as a stream
 * [length * rows, width] of about unit size.
 * @param items vectors, one row each, of about the size 1 / sqrt(width)
 * @param table rows of context, as large; undefined where the network is told of items alone
 */
export function networkInput(
  tf: Tf,
  items: Tensor2D,
  table: Tensor2D | undefined,
  { rows, length, inputs, context, user, start }: PositionInputs,
): Part<InputGradients> {
  const width = items.shape[1];
  const scale = Math.sqrt(width);
  const places = rows * length;
  const itemIds = tf.tensor1d(inputs, "int32");
  const standing = start && tf.tensor2d(start, [places, 1]);
  let x = tf.gather(items, itemIds) as Tensor2D;
  if (standing) x = tf.mul(x, standing);
  const known = table && context && lookUp(tf, table, context, places);
  if (known) x = tf.add(x, known.value);
  const ofUsers = table && user && lookUp(tf, table, user, rows);
  if (ofUsers) {
    const over = tf.reshape(x, [length, rows, width]) as Tensor3D;
    x = tf.reshape(tf.add(over, tf.reshape(ofUsers.value, [1, rows, width])), [places, width]);
  }
  return {
    value: tf.mul(x, scale),
    backward(gradient) {
      const byStream = tf.mul(gradient, scale) as Tensor2D;
      const byContext = known?.backward(byStream);
      const byUser = ofUsers?.backward(tf.sum<Tensor2D>(tf.reshape(byStream, [length, rows, width]), 0));
      const byTable = byContext && byUser ? (tf.add(byContext, byUser) as Tensor2D) : (byContext ?? byUser);
      return {
        input: standing ? tf.mul(byStream, standing) : byStream,
        ...(byTable && { context: byTable }),
      };
    },
  };
}

/**
 * The sum of some rows of a table at each of `places`.
 * @param numbers [things, places] rows; that behind the last one is nothing
 */
function lookUp(tf: Tf, table: Tensor2D, numbers: Int32Array, places: number): Part<Tensor2D> {
  const [count, width] = table.shape;
  const things = numbers.length / places;
  // A gather and a scatter take the time of the rows they name, so the common case of one known thing each goes without more.
  const some = numbers.includes(count);
  const rows = tf.tensor1d(numbers, "int32");
  const full = some ? tf.concat2d([table, tf.zeros([1, width])], 0) : table;
  const gathered = tf.gather(full, rows) as Tensor2D;
  return {
    value: things === 1 ? gathered : tf.sum<Tensor2D>(tf.reshape(gathered, [things, places, width]), 0),
    backward(gradient) {
      const each = things === 1 ? gradient : tf.tile(gradient, [things, 1]);
      const byRows = tf.unsortedSegmentSum(each, rows, some ? count + 1 : count) as Tensor2D;
      return some ? tf.slice(byRows, [0, 0], [count, width]) : byRows;
    },
  };
}
