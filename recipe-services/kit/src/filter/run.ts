import type { FilterColumns } from "./columns.js";

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
  /** How many rows are looked at. */
  readonly count: number;
  readonly user: number;
  readonly currentItem: number;
  readonly now: number;
  /** A mask of `count` bytes or more with any content, for the caller alone until the run ends. */
  scratch(): Uint8Array;
}

/** Masks that are used again and again, so that a request makes no garbage. */
export class ScratchPool {
  readonly #masks: Uint8Array[] = [];
  #used = 0;

  /** A mask of `count` bytes or more that nobody else has since {@link reset}. */
  take(count: number): Uint8Array {
    const mask = this.#masks[this.#used];
    const fitting = mask !== undefined && mask.length >= count ? mask : newMask(count);
    this.#masks[this.#used++] = fitting;
    return fitting;
  }

  /** Takes all masks back. */
  reset(): void {
    this.#used = 0;
  }
}

/** A mask with room for `count` rows and some to grow; its length is a multiple of four. */
export function newMask(count: number): Uint8Array {
  return new Uint8Array((count + (count >> 4) + 64) & ~3);
}
