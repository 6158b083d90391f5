import type { BooleanValue, NumberValue, TextValue } from "./syntax.js";

/** A value that is written out. */
export type Literal = TextValue | NumberValue | BooleanValue;

/** The text that a text column must have to equal a value: 12 equals "12". */
export function literalText(literal: Literal): string {
  switch (literal.kind) {
    case "text":
      return literal.text;
    case "number":
      return String(literal.number);
    case "boolean":
      return String(literal.boolean);
  }
}

/** The number that a number or boolean column must have to equal a value; none when it never can. "12" equals 12. */
export function literalNumber(literal: Literal, type: "number" | "boolean"): number | undefined {
  const text = literalText(literal).trim();
  if (type === "boolean") {
    if (/^(true|1)$/i.test(text)) return 1;
    return /^(false|0)$/i.test(text) ? 0 : undefined;
  }
  // Only decimal numbers, as filters themselves have them: no "0x1F", no "Infinity", no "".
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** "a number" or "true or false", for messages. */
export function typeInWords(type: "number" | "boolean"): string {
  return type === "number" ? "a number" : "true or false";
}
