import type { FilterColumns, TextColumn } from "../schema/columns.js";

/** What a request is about. */
export interface FilterContext {
  /** Index of the user who asks; -1 or left out when there is none or it is not known. */
  readonly user?: number;
  /** Index of the item that a request for related items is about; -1 or left out when there is none. */
  readonly currentItem?: number;
  /** Time of the request, Unix seconds; fractions are dropped. */
  readonly now: number;
}

/** One evaluation of a filter over a range of rows. */
export interface Evaluation {
  readonly columns: FilterColumns;
  /** The first row that is looked at, a multiple of four. */
  readonly from: number;
  /** How many rows are looked at. */
  readonly count: number;
  readonly user: number;
  readonly currentItem: number;
  readonly now: number;
  /**
   * Ids that no row has, when they are what is looked at: the n-th of them in the place of the n-th row. They have a value in
   * the column of ids only, and nobody has interacted with them.
   */
  readonly unknownIds?: TextColumn;
  /** Scratch masks, valid during this evaluation. */
  readonly scratch: ScratchPool;
}

/**
 * Reusable masks, so that a request allocates nothing. Used as a stack: a node notes the level, takes what it needs, and
 * releases back to that level once it has read its children's results.
 */
export class ScratchPool {
  readonly #masks: Uint8Array[] = [];
  #level = 0;

  /** How many masks are taken. */
  get level(): number {
    return this.#level;
  }

  /** A mask of at least `count` bytes, uninitialised, the caller's until released. */
  take(count: number): Uint8Array {
    const mask = this.#masks[this.#level];
    const fitting = mask !== undefined && mask.length >= count ? mask : newMask(count);
    this.#masks[this.#level++] = fitting;
    return fitting;
  }

  /** Releases every mask taken since `level`. */
  release(level: number): void {
    this.#level = level;
  }
}

const pools = new WeakMap<FilterColumns, ScratchPool>();

/** The pool that all filters over these columns share: they run one after the other. */
export function scratchPool(columns: FilterColumns): ScratchPool {
  const pool = pools.get(columns) ?? new ScratchPool();
  pools.set(columns, pool);
  return pool;
}

/** A mask with room for `count` rows and some to grow; its length is a multiple of four. */
export function newMask(count: number): Uint8Array {
  return new Uint8Array((count + (count >> 4) + 64) & ~3);
}
