import { CauseKind, type Cause as CauseMessage, type Explanation as ExplanationMessage } from "@palate/proto/recipe";
import type { Attribution, Explanation, Query, ItemSource, ReplicaView } from "@palate/recipe";
import type { LoadedModel } from "../serving/serving-hub.js";

const NOTHING: CauseMessage = {
  kind: CauseKind.CAUSE_KIND_UNSPECIFIED,
  weight: 0,
  itemId: "",
  metadata: {},
  column: "",
  value: "",
  amount: 0,
};

/** An answer to be explained. */
export interface ToExplain {
  /** Replica item indices. */
  readonly items: Int32Array;
  /** Reason of each item, when one is not "model". */
  readonly reasons?: readonly ItemSource[] | undefined;
  /** Name of the promotion that put an item there, "" where none did. */
  readonly promotions?: readonly string[] | undefined;
}

/** Why each item is in an answer, by the model and by the stages after it. */
export function explain({ model, replica }: LoadedModel, query: Query, answer: ToExplain): Explanation[] {
  const { items, reasons, promotions } = answer;
  const own = model.explain?.(query, items) ?? [];
  return Array.from(items, (item, at) =>
    withReason(own[at] ?? [], reasons?.[at] ?? "model", promotions?.[at] ?? "", replica.usersPerItem[item] ?? 0),
  );
}

/**
 * Explanations as the API carries them.
 * @param columns columns to give of items that are causes; "*" for all
 */
export function explanationMessages(
  explanations: readonly Explanation[],
  replica: ReplicaView,
  columns: readonly string[],
): ExplanationMessage[] {
  const named = columns.includes("*") ? replica.itemColumns : columns.map((column) => column.toUpperCase());
  return explanations.map((causes) => ({ causes: causes.map((cause) => causeMessage(cause, replica, named)) }));
}

/** A reason from outside the model comes before the model's own causes, and has all the weight. */
function withReason(own: Explanation, reason: ItemSource, promotion: string, users: number): Explanation {
  const rest = own.map((cause) => ({ ...cause, weight: 0 }));
  switch (reason) {
    case "model":
    case "seen":
      return own;
    case "new":
      return [];
    case "popular":
      return own.some(({ kind }) => kind === "popularity") ? own : [{ kind: "popularity", users, weight: 1 }];
    case "exploration":
      return own.some(({ kind }) => kind === "exploration") ? own : [{ kind: "exploration", weight: 1 }, ...rest];
    case "promoted":
      return [{ kind: "promotion", name: promotion, weight: 1 }, ...rest];
  }
}

function causeMessage(cause: Attribution, replica: ReplicaView, columns: readonly string[]): CauseMessage {
  const { weight } = cause;
  switch (cause.kind) {
    case "item": {
      const values = columns.map((column) => [column, replica.itemAttribute(cause.item, column)] as const);
      const metadata = Object.fromEntries(values.filter(([, value]) => value !== ""));
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_ITEM, weight, itemId: replica.itemId(cause.item), metadata };
    }
    case "attribute":
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_ATTRIBUTE, weight, column: cause.column, value: cause.value };
    case "popularity":
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_POPULARITY, weight, amount: cause.users };
    case "trend":
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_TREND, weight, amount: cause.rise };
    case "exploration":
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_EXPLORATION, weight };
    case "promotion":
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_PROMOTION, weight, value: cause.name };
    case "callerOrder":
      return { ...NOTHING, kind: CauseKind.CAUSE_KIND_CALLER_ORDER, weight };
  }
}
