import type { ParameterValues } from "../language/parameters.js";
import { allOf, anyOf, type Condition, type Field, type Target } from "../language/syntax.js";
import { conditionText } from "../language/to-text.js";
import { findColumn, tableOf, type FilterColumn, type FilterColumns, type TableName } from "../schema/columns.js";
import { matcherOf, substituted } from "./match-condition.js";
import { EventColumnTest, EventJoinTest, OwnEventNode, UserEventNode, type EventTest } from "./event-node.js";
import { hasParameters, usesUser } from "./split-by-dependency.js";
import { ConstantNode, JoinNode, KeptNode, NotNode, type MaskNode } from "./node.js";
import type { EventPlan, Plan, Test } from "./plan-types.js";
import { FixedConditionNode, RowConditionNode } from "./condition-node.js";

/** What nodes are made from. */
export interface Scope {
  readonly target: Target;
  readonly columns: FilterColumns;
  /** Nodes of plans without parameters: made once, for all values of parameters. */
  readonly shared: Map<Plan, MaskNode>;
}

/** Most masks cached for one filter, and for one set of its parameters' values; a bound for unusual filters. */
const MAX_KEPT_MASKS = 8;

/** Makes the nodes of a plan for some values of its parameters. */
export class NodeBuilder {
  /** Masks kept by nodes with parameters. */
  #keptHere = 0;

  constructor(
    private readonly scope: Scope,
    private readonly values: ParameterValues,
  ) {}

  /**
   * The node of a plan.
   * @param positive whether more rows that hold mean more rows that the clause selects; under a NOT it is the other way
   *   round. A condition that lacks its parameter's value selects nothing, so it fails where positive, else it holds.
   * @param parent the plan that this one is part of
   */
  node(plan: Plan, positive = true, parent?: Plan): MaskNode {
    const constant = !hasParameters(plan);
    const known = constant ? this.scope.shared.get(plan) : undefined;
    if (known !== undefined) return known;
    const made = this.#make(plan, positive);
    const node = this.#isKept(plan, constant, parent) ? this.#kept(made, constant) : made;
    if (constant) this.scope.shared.set(plan, node);
    return node;
  }

  /**
   * The largest parts that do not depend on the user keep their masks; and within them the largest parts without
   * parameters, which are the same for all values.
   */
  #isKept(plan: Plan, constant: boolean, parent: Plan | undefined): boolean {
    if (usesUser(plan, this.scope.target)) return false;
    const parentKept =
      parent !== undefined && !usesUser(parent, this.scope.target) && (!constant || !hasParameters(parent));
    return !parentKept;
  }

  #kept(node: MaskNode, constant: boolean): MaskNode {
    const others = constant
      ? [...this.scope.shared.values()].filter((one) => one instanceof KeptNode).length
      : this.#keptHere++;
    return others < MAX_KEPT_MASKS ? new KeptNode(node) : node;
  }

  #make(plan: Plan, positive: boolean): MaskNode {
    switch (plan.kind) {
      case "not":
        return new NotNode(this.node(plan.part, !positive, plan));
      case "test":
        return this.#conditionNode(plan.test, positive);
      case "event":
        return this.#eventNode(plan, positive);
      default:
        return new JoinNode(
          plan.kind,
          plan.parts.map((part) => this.node(part, positive, plan)),
        );
    }
  }

  #conditionNode(test: Test, positive: boolean): MaskNode {
    if (this.#lacksValue(test)) {
      return new ConstantNode(!positive, `${conditionText(test.condition)} is not used: its parameter has no value.`);
    }
    const { columns } = this.scope;
    const { dataset } = test.field;
    const table = tableOf(dataset);
    const condition = substituted(test.condition, this.values);
    const column = this.#column(table, test.field) as FilterColumn;
    const matcher = matcherOf(condition, column, columns);
    if (dataset === "CurrentUser") return new FixedConditionNode("user", column, matcher, condition);
    if (dataset === "CurrentItem") return new FixedConditionNode("currentItem", column, matcher, condition);
    return new RowConditionNode({ table, name: this.#columnName(table, test.field) }, column, matcher, condition);
  }

  #eventNode({ dataset, event }: Extract<Plan, { kind: "event" }>, positive: boolean): MaskNode {
    const text = conditionText(this.#eventCondition(event));
    const source = { dataset, table: this.scope.columns[dataset]!, text };
    const test = this.#eventTest(event, positive);
    return this.scope.target === "UserID" ? new UserEventNode(source, test) : new OwnEventNode(source, test);
  }

  #eventTest(event: EventPlan, positive: boolean): EventTest {
    if (event.kind !== "test") {
      const parts = event.parts.map((part) => this.#eventTest(part, positive));
      return new EventJoinTest(event.kind, parts);
    }
    const { test } = event;
    // No part at all: "any" of none never holds, "all" of none always does.
    if (this.#lacksValue(test)) return new EventJoinTest(positive ? "any" : "all", []);
    const table = tableOf(test.field.dataset);
    const condition = substituted(test.condition, this.values);
    const matcher = matcherOf(condition, this.#column(table, test.field), this.scope.columns);
    return new EventColumnTest(this.#columnName(table, test.field), matcher);
  }

  #eventCondition(event: EventPlan): Condition {
    if (event.kind === "test") {
      const { test } = event;
      return this.#lacksValue(test) ? test.condition : substituted(test.condition, this.values);
    }
    const parts = event.parts.map((part) => this.#eventCondition(part));
    return event.kind === "all" ? allOf(parts) : anyOf(parts);
  }

  #lacksValue({ parameters }: Test): boolean {
    return parameters.some((name) => !this.values.has(name));
  }

  // The filter has been checked against the schema, so its columns are there.
  #columnName(table: TableName, field: Field): string {
    return findColumn(this.scope.columns[table]!.columns, field.column)!.name;
  }

  #column(table: TableName, field: Field): NonNullable<ReturnType<NonNullable<FilterColumns[TableName]>["column"]>> {
    return this.scope.columns[table]!.column(this.#columnName(table, field))!;
  }
}
