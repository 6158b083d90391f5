import { Cursor } from "./cursor.js";
import { readCondition, type ConditionRules } from "./read-condition.js";
import { WHERE_DATASETS } from "./read-field.js";
import type { Condition, FilterClause, FilterExpression, Target } from "./syntax.js";

const TARGETS: Readonly<Record<string, Target>> = { ITEMID: "ItemID", USERID: "UserID", ACTIONID: "ActionID" };

/**
 * Reads a filter in Amazon Personalize's language and what goes beyond it (see the module's comment for the grammar).
 * Whether its columns exist is checked later, by {@link checkFilter}.
 * @throws PalateError invalid_argument with line, column, what was found and what would be right
 * @example
 * parseFilter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase") AND Interactions.TIMESTAMP > now - 30d');
 */
export function parseFilter(text: string): FilterExpression {
  const cursor = new Cursor(text, "Filter");
  const clauses: FilterClause[] = [];
  let target: Target | undefined;
  do {
    const action = cursor.expect(["INCLUDE", "EXCLUDE"], "INCLUDE or EXCLUDE") as FilterClause["action"];
    target = readTarget(cursor, target);
    cursor.expect(["WHERE"], `WHERE after ${target}`);
    const where = readCondition(cursor, whereRules(target));
    const when = cursor.takes("IF") ? readCondition(cursor, ifRules(cursor, target)) : undefined;
    clauses.push(when === undefined ? { action, where } : { action, where, when });
    if (cursor.sees("IF"))
      throw cursor.error("an expression has one IF, at its end; join conditions on CurrentUser by AND.");
  } while (cursor.takes("|"));
  const { when } = clauses.at(-1)!;
  if (cursor.peek().kind !== "end") {
    const expected = when === undefined ? 'AND, OR, IF, "|" or the end' : 'AND, OR, "|" or the end';
    throw cursor.unexpected(expected, ["AND", "OR", "IF"]);
  }
  return { target, clauses };
}

/**
 * Reads a query for items by their attributes, as a batch segment job has them in `itemAttributes`. Amazon knows `=` and
 * AND; here all conditions on Items and now may stand, but no parameters.
 * @throws PalateError invalid_argument with line, column, what was found and what would be right
 * @example
 * parseAttributeQuery('ITEMS.genres = "Comedy" AND (ITEMS.audience IN ("teen", "all") OR ITEMS.year >= 1990)');
 */
export function parseAttributeQuery(text: string): Condition {
  const cursor = new Cursor(text, "Attribute query");
  const noParameters = "an attribute query has no parameters; write the value itself.";
  const condition = readCondition(cursor, {
    target: "ItemID",
    datasets: ["Items"],
    clause: "in an attribute query",
    values: { noParameters, currentItem: false },
  });
  if (cursor.peek().kind !== "end") throw cursor.unexpected("AND, OR or the end", ["AND", "OR"]);
  return condition;
}

/** The filter that lets through the items that meet an attribute query. */
export function attributeFilter(query: Condition): FilterExpression {
  return { target: "ItemID", clauses: [{ action: "INCLUDE", where: query }] };
}

function readTarget(cursor: Cursor, before: Target | undefined): Target {
  const token = cursor.peek();
  const word = Object.keys(TARGETS).find((candidate) => cursor.takes(candidate));
  if (word === undefined) throw cursor.unexpected("ItemID, UserID or ActionID", Object.values(TARGETS));
  const target = TARGETS[word]!;
  if (before !== undefined && target !== before) {
    throw cursor.error(`all expressions of a filter select the same; the first selects ${before}.`, token);
  }
  return target;
}

function whereRules(target: Target): ConditionRules {
  const datasets = WHERE_DATASETS[target];
  return {
    target,
    datasets,
    clause: `after WHERE in a filter of ${target}`,
    values: { currentItem: target === "ItemID" },
  };
}

function ifRules(cursor: Cursor, target: Target): ConditionRules {
  if (target === "UserID") {
    throw cursor.error("a filter of users has no current user for an IF; write conditions on Users after WHERE.");
  }
  return { target, datasets: ["CurrentUser"], clause: "after IF", values: { currentItem: false } };
}
