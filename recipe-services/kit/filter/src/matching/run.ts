import type { FilterColumns } from "../schema/columns.js";

/** What a request is about. */
export interface FilterContext {
  /** Index of the user who asks; -1 or left out when there is none or it is not known. */
  readonly user?: number;
  /** Index of the item that a request for related items is about; -1 or left out when there is none. */
  readonly currentItem?: number;
  /** Time of the request, Unix seconds; fractions are dropped. */
  readonly now: number;
}

/** One computation of a filter. */
export interface Run {
  readonly columns: FilterColumns;
  /** The first row that is looked at, a multiple of four. */
  readonly from: number;
  /** How many rows are looked at. */
  readonly count: number;
  readonly user: number;
  readonly currentItem: number;
  readonly now: number;
  /** Masks for the time of the run. */
  readonly scratch: ScratchPool;
}

/**
 * Masks that are used again and again, so that a request makes no garbage. They are given back in the opposite order: a
 * node notes the level, takes what it needs, and releases down to the level once it has read what its parts gave it.
 */
export class ScratchPool {
  readonly #masks: Uint8Array[] = [];
  #level = 0;

  /** How many masks are taken. */
  get level(): number {
    return this.#level;
  }

  /** A mask of `count` bytes or more with any content, for the caller alone until it is released. */
  take(count: number): Uint8Array {
    const mask = this.#masks[this.#level];
    const fitting = mask !== undefined && mask.length >= count ? mask : newMask(count);
    this.#masks[this.#level++] = fitting;
    return fitting;
  }

  /** Takes back all masks that were taken since the level was this. */
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
