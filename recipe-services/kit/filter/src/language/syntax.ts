/** What a filter includes or excludes: items, users (for segments) or actions. */
export type Target = "ItemID" | "UserID" | "ActionID";

/** Where a column is. `CurrentItem` and `CurrentUser` are the item and the user that a request is about. */
export type Dataset =
  "Interactions" | "Items" | "Users" | "Actions" | "Action_Interactions" | "CurrentItem" | "CurrentUser";

/** A column of a dataset, "Items.GENRE". */
export interface Field {
  readonly kind: "field";
  readonly dataset: Dataset;
  /** Name as written; matched with the schema's exactly, else ignoring case. */
  readonly column: string;
}

/** A quoted text, "horror". */
export interface TextValue {
  readonly kind: "text";
  readonly text: string;
}

/** A finite number, 18 or -2.5e3. */
export interface NumberValue {
  readonly kind: "number";
  readonly number: number;
}

/** `true` or `false`. */
export interface BooleanValue {
  readonly kind: "boolean";
  readonly boolean: boolean;
}

/** A placeholder, $GENRE, whose value comes with each request. */
export interface Parameter {
  readonly kind: "parameter";
  /** Name without the dollar sign; upper and lower case differ. */
  readonly name: string;
}

/** The time of the request, moved: `now - 7d`. */
export interface Now {
  readonly kind: "now";
  /** Seconds to add; negative is the past. */
  readonly offset: number;
}

/** `*`: every event type. Only for EVENT_TYPE. */
export interface AnyValue {
  readonly kind: "any";
}

/** What a column may be compared with. */
export type Scalar = TextValue | NumberValue | BooleanValue | Parameter | Now | Field;

/** What a list after IN may hold. */
export type ListValue = Scalar | AnyValue;

/** A comparison of a column with one value. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** Field IN (values): any value of the column is any of the listed ones. Negated: none is. */
interface InCondition {
  readonly kind: "in";
  readonly field: Field;
  readonly negated: boolean;
  /** At least one. */
  readonly values: readonly ListValue[];
}

/** Field operator value. `!=` is the opposite of `=`. */
interface CompareCondition {
  readonly kind: "compare";
  readonly field: Field;
  readonly operator: Operator;
  readonly value: Scalar | AnyValue;
}

/** Field CONTAINS text: the column's text has any of the texts within it, ignoring case. */
export interface ContainsCondition {
  readonly kind: "contains";
  readonly field: Field;
  /** At least one. */
  readonly values: readonly (TextValue | Parameter)[];
}

/** A condition on one column. */
export type ColumnCondition = InCondition | CompareCondition | ContainsCondition;

/** All of the conditions hold. */
interface AndCondition {
  readonly kind: "and";
  /** At least two, none of them an "and". */
  readonly conditions: readonly Condition[];
}

/** Any of the conditions holds. */
interface OrCondition {
  readonly kind: "or";
  /** At least two, none of them an "or". */
  readonly conditions: readonly Condition[];
}

/** The condition does not hold. */
interface NotCondition {
  readonly kind: "not";
  readonly condition: Condition;
}

/** What must hold for an item, a user or an action. */
export type Condition = ColumnCondition | AndCondition | OrCondition | NotCondition;

/** One expression between "|": INCLUDE or EXCLUDE what meets `where`, as long as `when` holds for the current user. */
export interface FilterClause {
  readonly action: "INCLUDE" | "EXCLUDE";
  readonly where: Condition;
  /** The condition after IF, on CurrentUser columns; without it the clause always applies. */
  readonly when?: Condition;
}

/** A whole filter. Its result is (the union of what is included, or everything) less the union of what is excluded. */
export interface FilterExpression {
  readonly target: Target;
  /** At least one. */
  readonly clauses: readonly FilterClause[];
}

/** All of them, flattened: the form the parser gives. */
export function allOf(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === "and" ? condition.conditions : [condition]));
  return flat.length === 1 ? flat[0]! : { kind: "and", conditions: flat };
}

/** Any of them, flattened: the form the parser gives. */
export function anyOf(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === "or" ? condition.conditions : [condition]));
  return flat.length === 1 ? flat[0]! : { kind: "or", conditions: flat };
}

/** The conditions on single columns within a condition, in the order in which they are written. */
export function columnConditions(condition: Condition): readonly ColumnCondition[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.conditions.flatMap(columnConditions);
    case "not":
      return columnConditions(condition.condition);
    default:
      return [condition];
  }
}

/** The values that a condition compares its column with. */
export function valuesOf(condition: ColumnCondition): readonly ListValue[] {
  return condition.kind === "compare" ? [condition.value] : condition.values;
}

/** Whether a field is the event type of an interaction, the one column that ignores case and takes `*`. */
export function isEventType({ dataset, column }: Field): boolean {
  return (dataset === "Interactions" || dataset === "Action_Interactions") && column.toUpperCase() === "EVENT_TYPE";
}
