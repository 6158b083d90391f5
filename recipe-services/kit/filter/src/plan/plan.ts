import { conditionParameters } from "../language/parameters.js";
import {
  isEventType,
  type ColumnCondition,
  type Condition,
  type Dataset,
  type FilterClause,
  type Target,
} from "../language/syntax.js";
import { splitByDependency } from "./split-by-dependency.js";
import type { EventDataset, EventPlan, Plan, Test } from "./plan-types.js";

/** Plans of a clause. */
export interface ClausePlan {
  readonly clause: FilterClause;
  readonly where: Plan;
  readonly when: Plan | undefined;
}

/** How a clause is computed. */
export function planClause(clause: FilterClause, target: Target): ClausePlan {
  return { clause, where: splitByDependency(planOf(clause.where), target), when: clause.when && planOf(clause.when) };
}

/** How a condition is computed. */
function planOf(condition: Condition): Plan {
  const group = groupOf(condition);
  if (group !== undefined) return { kind: "event", ...group };
  switch (condition.kind) {
    case "not":
      return { kind: "not", part: planOf(condition.condition) };
    case "or":
      return { kind: "any", parts: condition.conditions.map(planOf) };
    case "and":
      return planAll(condition.conditions);
    default: {
      const positive = withoutDenial(condition);
      if (positive !== condition) return { kind: "not", part: planOf(positive) };
      const tests = testsOf(condition).map((test): Plan => ({ kind: "test", test }));
      return tests.length === 1 ? tests[0]! : { kind: "any", parts: tests };
    }
  }
}

/** Something about one interaction, and whether EVENT_TYPE is part of it. */
interface Group {
  readonly dataset: EventDataset;
  readonly event: EventPlan;
  readonly hasType: boolean;
}

/**
 * All of the conditions. Those about interactions speak of the same interaction, as long as that makes sense: an
 * interaction has one type, so with several conditions on EVENT_TYPE each has an interaction of its own, and the conditions
 * on other columns hold for each of these.
 */
function planAll(conditions: readonly Condition[]): Plan {
  const groups = conditions.map(groupOf);
  const parts: Plan[] = conditions.filter((_, index) => groups[index] === undefined).map(planOf);
  for (const dataset of ["Interactions", "Action_Interactions"] as const) {
    const own = groups.filter((group): group is Group => group?.dataset === dataset);
    const typed = own.filter(({ hasType }) => hasType);
    const shared = own.filter(({ hasType }) => !hasType);
    const events = typed.length > 1 ? typed.map((one) => [one, ...shared]) : own.length > 0 ? [own] : [];
    for (const members of events) parts.push({ kind: "event", dataset, event: joined("all", members) });
  }
  return parts.length === 1 ? parts[0]! : { kind: "all", parts };
}

/** The condition as one about a single interaction; none when it is not. Denials never are: they speak of all. */
function groupOf(condition: Condition): Group | undefined {
  if (condition.kind === "not") return undefined;
  if (condition.kind !== "and" && condition.kind !== "or") {
    const { dataset } = condition.field;
    if (!isEventDataset(dataset) || withoutDenial(condition) !== condition) return undefined;
    const tests = testsOf(condition).map((test): EventPlan => ({ kind: "test", test }));
    const event: EventPlan = tests.length === 1 ? tests[0]! : { kind: "any", parts: tests };
    return { dataset, event, hasType: isEventType(condition.field) };
  }
  const members = condition.conditions.map(groupOf);
  const groups = members.filter((group) => group !== undefined);
  const dataset = groups[0]?.dataset;
  if (dataset === undefined || members.some((group) => group?.dataset !== dataset)) return undefined;
  const types = groups.filter(({ hasType }) => hasType).length;
  if (condition.kind === "and" && types > 1) return undefined;
  return { dataset, event: joined(condition.kind === "and" ? "all" : "any", groups), hasType: types > 0 };
}

function joined(kind: "all" | "any", groups: readonly Group[]): EventPlan {
  return groups.length === 1 ? groups[0]!.event : { kind, parts: groups.map(({ event }) => event) };
}

/** Whether a dataset holds interactions, with items or with actions. */
export function isEventDataset(dataset: Dataset): dataset is EventDataset {
  return dataset === "Interactions" || dataset === "Action_Interactions";
}

/** What a condition denies, or the condition itself. */
function withoutDenial(condition: ColumnCondition): ColumnCondition {
  if (condition.kind === "in" && condition.negated) return { ...condition, negated: false };
  if (condition.kind === "compare" && condition.operator === "!=") return { ...condition, operator: "=" };
  return condition;
}

/** A list's written values are one test, and each column among its values is another. */
function testsOf(condition: ColumnCondition): readonly Test[] {
  const { field } = condition;
  const parameters = conditionParameters(condition);
  if (condition.kind !== "in") return [{ field, condition, parameters }];
  const literals = condition.values.filter(({ kind }) => kind !== "field");
  const lists = condition.values.filter(({ kind }) => kind === "field").map((value) => [value]);
  if (literals.length > 0) lists.unshift(literals);
  return lists.map((values) => ({ field, condition: { ...condition, values }, parameters }));
}
