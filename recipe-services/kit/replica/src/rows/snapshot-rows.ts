import type { EventValues } from "./event-values.js";
import type { RowOrder } from "./row-order.js";

/** What serving takes from a snapshot. */
export interface SnapshotRows extends RowOrder {
  /** Item index by place. */
  readonly items: Int32Array;
  /** Unix time in seconds by place. */
  readonly timestamps: Float64Array;
  /** Further columns by place, for filters. */
  readonly columns?: readonly EventValues[];
}
