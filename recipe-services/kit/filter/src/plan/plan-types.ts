import type { ColumnCondition, Field } from "../language/syntax.js";

/** A condition on one column that denies nothing: never NOT IN or !=, and either literal values or one column. */
export interface Test {
  readonly field: Field;
  /** The test as a condition of its own. */
  readonly condition: ColumnCondition;
  /** Parameters of the condition that the test is part of: it makes sense only when all of them have values. */
  readonly parameters: readonly string[];
}

/** What must hold for one and the same interaction. */
export type EventPlan =
  | { readonly kind: "all" | "any"; readonly parts: readonly EventPlan[] }
  | { readonly kind: "test"; readonly test: Test };

/** The datasets of interactions. */
export type EventDataset = "Interactions" | "Action_Interactions";

/** A condition in the form in which it is computed: denial only by "not", interactions in groups. */
export type Plan =
  | { readonly kind: "all" | "any"; readonly parts: readonly Plan[] }
  | { readonly kind: "not"; readonly part: Plan }
  | { readonly kind: "test"; readonly test: Test }
  /** There is an interaction for which the event plan holds. */
  | { readonly kind: "event"; readonly dataset: EventDataset; readonly event: EventPlan };
