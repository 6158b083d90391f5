import type { Cursor } from "./cursor.js";
import { readField, seesField } from "./read-field.js";
import { isEventType, type AnyValue, type Field, type ListValue, type Now, type Scalar } from "./syntax.js";

/** How values are read: what is allowed where the condition stands. */
export interface ValueRules {
  /** Whether $parameters may stand here, and if not, why. */
  readonly noParameters?: string;
  /** Whether a column of CurrentItem may be a value. */
  readonly currentItem: boolean;
}

const ANY: AnyValue = { kind: "any" };

/** One value of a comparison, in parentheses or not. */
export function readScalar(cursor: Cursor, field: Field, rules: ValueRules): Scalar | AnyValue {
  if (!cursor.takes("(")) return readValue(cursor, field, rules);
  const value = readValue(cursor, field, rules);
  if (cursor.sees(",")) throw cursor.error("a comparison takes one value; for several, write IN (…).");
  cursor.expect([")"], '")" after the value');
  return value;
}

/** The values of a list; the parentheses may be left out around a single one. */
export function readList(cursor: Cursor, field: Field, rules: ValueRules): readonly ListValue[] {
  if (!cursor.takes("(")) return [readValue(cursor, field, rules)];
  const values: ListValue[] = [];
  do values.push(readValue(cursor, field, rules));
  while (cursor.takes(","));
  cursor.expect([")"], '"," or ")" after the value');
  return values;
}

function readValue(cursor: Cursor, field: Field, rules: ValueRules): ListValue {
  const token = cursor.peek();
  switch (token.kind) {
    case "text":
      cursor.take();
      return token.text === "*" && isEventType(field) ? ANY : { kind: "text", text: token.text };
    case "number":
      cursor.take();
      return { kind: "number", number: token.number };
    case "parameter":
      if (rules.noParameters !== undefined) throw cursor.error(rules.noParameters);
      cursor.take();
      return { kind: "parameter", name: token.name };
    case "symbol":
      if (token.name === "-") return readNegative(cursor);
      if (token.name === "*") return readAny(cursor, field);
      break;
    case "name":
      if (cursor.takes("TRUE")) return { kind: "boolean", boolean: true };
      if (cursor.takes("FALSE")) return { kind: "boolean", boolean: false };
      if (seesField(cursor)) return readOperand(cursor, rules);
      if (cursor.takes("NOW")) return readNow(cursor);
      throw cursor.error(`found ${token.name} where a value belongs; put a text in quotes: "${token.name}".`);
    case "duration":
      throw cursor.error(`a span of time belongs to now; write now - ${token.raw}.`);
    case "end":
  }
  throw cursor.unexpected('a value: a "text" in quotes, a number, true, false, now or a $PARAMETER');
}

function readNegative(cursor: Cursor): ListValue {
  cursor.take();
  const token = cursor.peek();
  if (token.kind !== "number") throw cursor.unexpected("a number after the minus sign");
  cursor.take();
  return { kind: "number", number: token.number === 0 ? 0 : -token.number };
}

function readAny(cursor: Cursor, field: Field): AnyValue {
  if (!isEventType(field)) {
    throw cursor.error(
      "* stands for all event types, only after Interactions.EVENT_TYPE or Action_Interactions.EVENT_TYPE.",
    );
  }
  cursor.take();
  return ANY;
}

function readOperand(cursor: Cursor, rules: ValueRules): Field {
  if (!rules.currentItem)
    throw cursor.error("a column cannot be a value here; write a text, a number or a $PARAMETER.");
  return readField(cursor, "ItemID", ["CurrentItem"], "as a value");
}

/** What follows `now`: nothing, or spans of time to add and take away. */
function readNow(cursor: Cursor): Now {
  let offset = 0;
  while (cursor.sees("+") || cursor.sees("-")) {
    const sign = cursor.take().raw === "-" ? -1 : 1;
    const token = cursor.peek();
    if (token.kind !== "duration") throw cursor.unexpected("a span of time such as 7d (s, m, h, d or w)");
    cursor.take();
    offset += sign * token.seconds;
    if (!Number.isSafeInteger(offset)) throw cursor.error("this span of time is too long.", token);
  }
  return { kind: "now", offset };
}
