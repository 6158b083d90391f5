import { andInto, notInto, orInto } from "../matching/mask.js";
import { newMask, type Run } from "../matching/run.js";
import type { TableName } from "../schema/columns.js";

/** What a part of a filter depends on, in addition to the number of rows. */
export interface Uses {
  /** The datasets that it reads. */
  readonly tables: readonly TableName[];
  /** Whether it changes from user to user, so that keeping its mask is of no use. */
  readonly user: boolean;
  /** Whether it changes with the time of the request. */
  readonly now: boolean;
  /** Whether it changes with the item that the request is about. */
  readonly currentItem: boolean;
}

/** What several parts depend on together. */
function usesOf(parts: readonly { readonly uses: Uses }[]): Uses {
  return {
    tables: [...new Set(parts.flatMap(({ uses }) => uses.tables))],
    user: parts.some(({ uses }) => uses.user),
    now: parts.some(({ uses }) => uses.now),
    currentItem: parts.some(({ uses }) => uses.currentItem),
  };
}

/** A part of a compiled filter: for each row, whether it holds. */
export interface MaskNode {
  readonly uses: Uses;
  /**
   * A mask of the rows that the run looks at, its first row at index 0. It must only be read, and before its slot in the
   * run's scratch is released.
   */
  mask(run: Run): Uint8Array;
  /** Why it holds for a row, or why it does not. */
  explain(row: number, run: Run): string;
}

/** Whether a node holds for a row that there is; at most three others are looked at. */
export function holds(node: MaskNode, row: number, run: Run): boolean {
  const { level } = run.scratch;
  const place = row % 4;
  const result = node.mask({ ...run, from: row - place, count: place + 1 })[place] === 1;
  run.scratch.release(level);
  return result;
}

/** The same for all rows: what is left of a condition whose parameter has no value. */
export class ConstantNode implements MaskNode {
  readonly uses = usesOf([]);

  /** @param reason why it is so, a sentence */
  constructor(
    private readonly value: boolean,
    private readonly reason: string,
  ) {}

  mask(run: Run): Uint8Array {
    return run.scratch.take(run.count).fill(this.value ? 1 : 0, 0, run.count);
  }

  explain(): string {
    return this.reason;
  }
}

/** The opposite of a node. */
export class NotNode implements MaskNode {
  readonly uses: Uses;

  constructor(private readonly part: MaskNode) {
    this.uses = part.uses;
  }

  mask(run: Run): Uint8Array {
    const mask = run.scratch.take(run.count);
    const { level } = run.scratch;
    notInto(mask, this.part.mask(run), run.count);
    run.scratch.release(level);
    return mask;
  }

  explain(row: number, run: Run): string {
    return this.part.explain(row, run);
  }
}

/** All of some nodes, or any of them. */
export class JoinNode implements MaskNode {
  readonly uses: Uses;

  /** @param parts at least one */
  constructor(
    private readonly kind: "all" | "any",
    private readonly parts: readonly MaskNode[],
  ) {
    this.uses = usesOf(parts);
  }

  mask(run: Run): Uint8Array {
    const mask = run.scratch.take(run.count);
    const { level } = run.scratch;
    const join = this.kind === "all" ? andInto : orInto;
    this.parts.forEach((part, index) => {
      const next = part.mask(run);
      if (index === 0) mask.set(next.subarray(0, run.count));
      else join(mask, next, run.count);
      run.scratch.release(level);
    });
    return mask;
  }

  /** All holds because of all parts, and fails because of those that do; any, the other way round. */
  explain(row: number, run: Run): string {
    const result = holds(this, row, run);
    const decisive = this.parts.filter((part) => holds(part, row, run) === result);
    return decisive.map((part) => part.explain(row, run)).join(" ");
  }
}

/**
 * A node whose mask is kept until something that it depends on changes. Only for nodes that do not depend on the user. Runs
 * that look at part of the rows after part leave a mask of all rows, when nothing changes meanwhile.
 */
export class KeptNode implements MaskNode {
  readonly uses: Uses;
  #mask: Uint8Array = new Uint8Array(0);
  #key: string | undefined;
  /** How many rows, the first, the mask is right for. */
  #kept = 0;

  constructor(private readonly part: MaskNode) {
    this.uses = part.uses;
  }

  mask(run: Run): Uint8Array {
    const { tables, now, currentItem } = this.uses;
    const versions = tables.map((table) => run.columns[table]?.version);
    const key = [now && run.now, currentItem && run.currentItem, ...versions].join();
    const end = run.from + run.count;
    if (key !== this.#key || end > this.#kept) {
      // Rows that do not follow on from those that are kept.
      if (run.from > (key === this.#key ? this.#kept : 0)) return this.part.mask(run);
      this.#makeRoom(end);
      const { level } = run.scratch;
      this.#mask.set(this.part.mask(run).subarray(0, run.count), run.from);
      run.scratch.release(level);
      this.#key = key;
      this.#kept = end;
    }
    return run.from === 0 ? this.#mask : this.#mask.subarray(run.from);
  }

  #makeRoom(rows: number): void {
    if (this.#mask.length >= rows) return;
    const larger = newMask(rows);
    larger.set(this.#mask);
    this.#mask = larger;
  }

  explain(row: number, run: Run): string {
    return this.part.explain(row, run);
  }
}
