import type { Matcher } from "../matching/matcher.js";
import type { Evaluation } from "../matching/evaluation.js";
import type { EventRows, EventTable } from "../schema/columns.js";
import type { MaskNode, Uses } from "./node.js";

/** Whether something holds for one interaction. */
export interface EventTest {
  readonly usesNow: boolean;
  readonly usesCurrentItem: boolean;
  /** Reads a user's interactions and what the request is about. */
  prepare(rows: EventRows, evaluation: Evaluation): void;
  /** Whether it holds for the interaction at that place. */
  holds(index: number): boolean;
}

/** A test of one column of an interaction. */
export class EventColumnTest implements EventTest {
  readonly usesNow: boolean;
  readonly usesCurrentItem: boolean;
  #values: ArrayLike<number> = [];

  /** @param column the column's exact name */
  constructor(
    private readonly column: string,
    private readonly matcher: Matcher,
  ) {
    this.usesNow = matcher.usesNow;
    this.usesCurrentItem = matcher.usesCurrentItem;
  }

  prepare(rows: EventRows, evaluation: Evaluation): void {
    this.#values = rows.values(this.column);
    this.matcher.prepare(evaluation);
  }

  holds(index: number): boolean {
    return this.matcher.matches(this.#values[index]!);
  }
}

/** Several tests of the same interaction. None at all: always, or never. */
export class EventJoinTest implements EventTest {
  readonly usesNow: boolean;
  readonly usesCurrentItem: boolean;

  constructor(
    private readonly kind: "all" | "any",
    private readonly parts: readonly EventTest[],
  ) {
    this.usesNow = parts.some((part) => part.usesNow);
    this.usesCurrentItem = parts.some((part) => part.usesCurrentItem);
  }

  prepare(rows: EventRows, evaluation: Evaluation): void {
    for (const part of this.parts) part.prepare(rows, evaluation);
  }

  holds(index: number): boolean {
    const { parts } = this;
    return this.kind === "all" ? parts.every((part) => part.holds(index)) : parts.some((part) => part.holds(index));
  }
}

/** Where an event node gets its interactions from, and what it says about them. */
export interface EventSource {
  readonly dataset: "Interactions" | "Action_Interactions";
  readonly table: EventTable;
  /** What is asked of an interaction, with parameters' values, for explanations. */
  readonly text: string;
}

/** Items or actions with which the user has an interaction that meets a test. Reads that user's interactions only. */
export class OwnEventNode implements MaskNode {
  readonly uses: Uses;

  constructor(
    private readonly source: EventSource,
    private readonly test: EventTest,
  ) {
    this.uses = eventUses(source, test, true);
  }

  mask(evaluation: Evaluation): Uint8Array {
    const mask = evaluation.scratch.take(evaluation.count).fill(0, 0, evaluation.count);
    if (evaluation.unknownIds) return mask;
    const rows = this.source.table.rows(evaluation.user);
    const { targets } = rows;
    this.test.prepare(rows, evaluation);
    for (let index = 0; index < targets.length; index++) {
      const place = targets[index]! - evaluation.from;
      if (place >= 0 && place < evaluation.count && mask[place] === 0 && this.test.holds(index)) mask[place] = 1;
    }
    return mask;
  }

  explain(row: number, evaluation: Evaluation): string {
    const rows = this.source.table.rows(evaluation.unknownIds ? -1 : evaluation.user);
    this.test.prepare(rows, evaluation);
    let meeting = 0;
    let all = 0;
    for (let index = 0; index < rows.targets.length; index++) {
      if (rows.targets[index] !== row) continue;
      all++;
      if (this.test.holds(index)) meeting++;
    }
    return eventSentence(this.source, meeting, all, "the user's interactions with it");
  }
}

/** Users who have an interaction that meets a test. */
export class UserEventNode implements MaskNode {
  readonly uses: Uses;

  constructor(
    private readonly source: EventSource,
    private readonly test: EventTest,
  ) {
    this.uses = eventUses(source, test, false);
  }

  mask(evaluation: Evaluation): Uint8Array {
    const mask = evaluation.scratch.take(evaluation.count);
    if (evaluation.unknownIds) return mask.fill(0, 0, evaluation.count);
    for (let place = 0; place < evaluation.count; place++) {
      const rows = this.source.table.rows(evaluation.from + place);
      const { length } = rows.targets;
      mask[place] = 0;
      if (length > 0) this.test.prepare(rows, evaluation);
      for (let index = 0; index < length && mask[place] === 0; index++) if (this.test.holds(index)) mask[place] = 1;
    }
    return mask;
  }

  explain(user: number, evaluation: Evaluation): string {
    const rows = this.source.table.rows(evaluation.unknownIds ? -1 : user);
    this.test.prepare(rows, evaluation);
    let meeting = 0;
    for (let index = 0; index < rows.targets.length; index++) if (this.test.holds(index)) meeting++;
    return eventSentence(this.source, meeting, rows.targets.length, "the user's interactions");
  }
}

function eventUses({ dataset }: EventSource, test: EventTest, user: boolean): Uses {
  const tables = test.usesCurrentItem ? [dataset, "Items" as const] : [dataset];
  return { tables, user, now: test.usesNow, currentItem: test.usesCurrentItem };
}

/** `Interactions.EVENT_TYPE IN ("click") holds for 2 of the user's interactions with it (3 in all).` */
function eventSentence({ text }: EventSource, meeting: number, all: number, whose: string): string {
  return `${text} holds for ${meeting === 0 ? "none" : meeting} of ${whose} (${all} in all).`;
}
