import { andInto, notInto, orInto } from "../matching/mask.js";
import { newMask, type Evaluation } from "../matching/evaluation.js";
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
   * A mask of the rows that the evaluation covers, its first row at index 0. It must only be read, and before its slot in the
   * evaluation's scratch is released.
   */
  mask(evaluation: Evaluation): Uint8Array;
  /** Why it holds for a row, or why it does not. */
  explain(row: number, evaluation: Evaluation): string;
}

/** Whether a node holds for a row that there is, or for an unknown id; at most three others are looked at. */
export function holds(node: MaskNode, row: number, evaluation: Evaluation): boolean {
  const { level } = evaluation.scratch;
  const place = row % 4;
  const result = node.mask({ ...evaluation, from: row - place, count: place + 1 })[place] === 1;
  evaluation.scratch.release(level);
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

  mask(evaluation: Evaluation): Uint8Array {
    return evaluation.scratch.take(evaluation.count).fill(this.value ? 1 : 0, 0, evaluation.count);
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

  mask(evaluation: Evaluation): Uint8Array {
    const mask = evaluation.scratch.take(evaluation.count);
    const { level } = evaluation.scratch;
    notInto(mask, this.part.mask(evaluation), evaluation.count);
    evaluation.scratch.release(level);
    return mask;
  }

  explain(row: number, evaluation: Evaluation): string {
    return this.part.explain(row, evaluation);
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

  mask(evaluation: Evaluation): Uint8Array {
    const mask = evaluation.scratch.take(evaluation.count);
    const { level } = evaluation.scratch;
    const join = this.kind === "all" ? andInto : orInto;
    this.parts.forEach((part, index) => {
      const next = part.mask(evaluation);
      if (index === 0) mask.set(next.subarray(0, evaluation.count));
      else join(mask, next, evaluation.count);
      evaluation.scratch.release(level);
    });
    return mask;
  }

  /** All holds because of all parts, and fails because of those that do; any, the other way round. */
  explain(row: number, evaluation: Evaluation): string {
    const result = holds(this, row, evaluation);
    const decisive = this.parts.filter((part) => holds(part, row, evaluation) === result);
    return decisive.map((part) => part.explain(row, evaluation)).join(" ");
  }
}

/**
 * A node whose mask is kept until something that it depends on changes. Only for nodes that do not depend on the user. Evaluations
 * that cover the rows part by part leave a mask of all rows, when nothing changes meanwhile.
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

  mask(evaluation: Evaluation): Uint8Array {
    if (evaluation.unknownIds) return this.part.mask(evaluation);
    const { tables, now, currentItem } = this.uses;
    const versions = tables.map((table) => evaluation.columns[table]?.version);
    const key = [now && evaluation.now, currentItem && evaluation.currentItem, ...versions].join();
    const end = evaluation.from + evaluation.count;
    if (key !== this.#key || end > this.#kept) {
      // Rows that do not follow on from those that are kept.
      if (evaluation.from > (key === this.#key ? this.#kept : 0)) return this.part.mask(evaluation);
      this.#makeRoom(end);
      const { level } = evaluation.scratch;
      this.#mask.set(this.part.mask(evaluation).subarray(0, evaluation.count), evaluation.from);
      evaluation.scratch.release(level);
      this.#key = key;
      this.#kept = end;
    }
    return evaluation.from === 0 ? this.#mask : this.#mask.subarray(evaluation.from);
  }

  #makeRoom(rows: number): void {
    if (this.#mask.length >= rows) return;
    const larger = newMask(rows);
    larger.set(this.#mask);
    this.#mask = larger;
  }

  explain(row: number, evaluation: Evaluation): string {
    return this.part.explain(row, evaluation);
  }
}
