import { PalateError } from "@palate/host";
import { Random } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { randomFilter } from "../fuzz/random-filter.js";
import { filterParameters } from "./parameters.js";
import { parseAttributeQuery, parseFilter } from "./parse.js";
import { conditionText, toText } from "./to-text.js";

/** The error that parsing gives. */
function errorOf(parse: () => unknown): PalateError {
  try {
    parse();
  } catch (thrown) {
    if (thrown instanceof PalateError) return thrown;
    throw thrown;
  }
  throw new Error("It was parsed, though it should not have been.");
}

describe("a filter that is right", () => {
  it.each([
    ["bought or watched", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase", "watch")'],
    ["anything touched", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'],
    ["recently created", "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE"],
    ["a decade", "INCLUDE ItemID WHERE Items.YEAR >= 1970 AND Items.YEAR < 1980"],
    ["category at request time", "INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY)"],
    ["conditional on user", 'EXCLUDE ItemID WHERE Items.GENRE IN ("adult") IF CurrentUser.AGE < 18'],
    ["same brand as the seed item", "INCLUDE ItemID WHERE Items.BRAND IN (CurrentItem.BRAND)"],
    [
      "combined",
      'INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")',
    ],
    ["segment", "INCLUDE UserID WHERE Users.MEMBERSHIP_STATUS IN ($M)"],
    ["actions", 'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("Taken")'],
    [
      "two conditions after IF",
      'EXCLUDE ItemID WHERE Items.A IN ("x") IF CurrentUser.B = 1 AND CurrentUser.C IN ("y")',
    ],
    ["nested", 'INCLUDE ItemID WHERE (Items.A = 1 OR NOT Items.B = 2) AND NOT (Items.C = 3 OR Items.D CONTAINS "e")'],
    ["a time window", "EXCLUDE ItemID WHERE Interactions.TIMESTAMP > now - 1w AND Interactions.EVENT_VALUE >= -2.5"],
    ["booleans", "EXCLUDE ItemID WHERE Items.ADULT = true OR Items.IN_STOCK IN (false)"],
  ])("%s: prints as it was written", (_, text) => {
    expect(toText(parseFilter(text))).toBe(text);
  });

  it.each([
    [
      "keywords and datasets in any case",
      'exclude UserId where users.country in ("DE") or USERS.age not in (3)',
      'EXCLUDE UserID WHERE Users.country IN ("DE") OR Users.age NOT IN (3)',
    ],
    [
      "event type = as older examples have it",
      'EXCLUDE itemId WHERE INTERACTIONS.event_type = "click"',
      'EXCLUDE ItemID WHERE Interactions.event_type = "click"',
    ],
    [
      "a star without quotes",
      "INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN (*)",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("*")',
    ],
    [
      "CurrentItem without parentheses",
      "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN CurrentItem.GENRE",
      "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN (CurrentItem.GENRE)",
    ],
    [
      "a parameter in parentheses, a dataset in the singular",
      "EXCLUDE ActionID WHERE Action.VALUE < ($VALUE) IF CurrentUser.MEMBERSHIP = $PREMIUM",
      "EXCLUDE ActionID WHERE Actions.VALUE < $VALUE IF CurrentUser.MEMBERSHIP = $PREMIUM",
    ],
    [
      "AND binds tighter than OR, NOT tightest; needless parentheses go",
      "INCLUDE ItemID WHERE (Items.A = 1) OR ((NOT (Items.B = 2)) AND (Items.C = 3 AND Items.D = 4))",
      "INCLUDE ItemID WHERE Items.A = 1 OR NOT Items.B = 2 AND Items.C = 3 AND Items.D = 4",
    ],
    [
      "spans of time are added up and named by the largest unit",
      "EXCLUDE ItemID WHERE Interactions.TIMESTAMP > NOW - 6D - 24h AND Interactions.TIMESTAMP < now + 90s - 90s",
      "EXCLUDE ItemID WHERE Interactions.TIMESTAMP > now - 1w AND Interactions.TIMESTAMP < now",
    ],
    [
      "NOT_IN, single quotes, lines",
      "EXCLUDE ItemID\n\tWHERE Items.A NOT_IN ('it\\'s', 'say \"x\"')",
      'EXCLUDE ItemID WHERE Items.A NOT IN ("it\'s", "say \\"x\\"")',
    ],
  ])("%s", (_, text, canonical) => {
    expect(toText(parseFilter(text))).toBe(canonical);
  });

  it("knows which parameters every request must bring: those of INCLUDE expressions", () => {
    const filter = parseFilter(
      "EXCLUDE ItemID WHERE Items.A IN ($BOTH) AND Items.B > $ONLY IF CurrentUser.C = $IF | INCLUDE ItemID WHERE Items.A IN ($BOTH, $In)",
    );
    expect(filterParameters(filter)).toEqual([
      { name: "BOTH", required: true },
      { name: "ONLY", required: false },
      { name: "IF", required: false },
      { name: "In", required: true },
    ]);
  });

  it("is the same after printing and parsing, whatever it is", () => {
    const random = new Random(11);
    for (let trial = 0; trial < 5000; trial++) {
      const filter = randomFilter(random);
      expect(parseFilter(toText(filter)), toText(filter)).toEqual(filter);
    }
  });
});

describe("a filter that is wrong says where, what was found and what would be right", () => {
  it.each([
    ["", "Filter, line 1, column 1: the text ends; expected INCLUDE or EXCLUDE."],
    ["EXCLUD ItemID", "Filter, line 1, column 1: found EXCLUD; expected INCLUDE or EXCLUDE. Did you mean EXCLUDE?"],
    ["EXCLUDE ItmID WHERE", "column 9: found ItmID; expected ItemID, UserID or ActionID. Did you mean ItemID?"],
    ["EXCLUDE ItemID WERE Items.A = 1", "column 16: found WERE; expected WHERE after ItemID. Did you mean WHERE?"],
    [
      "EXCLUDE ItemID WHERE Itms.A = 1",
      "column 22: there is no dataset Itms; expected Items, Interactions or CurrentItem",
    ],
    [
      "EXCLUDE ItemID WHERE\n  Items.A INN (1)",
      "line 2, column 11: found INN; expected =, !=, <, <=, >, >=, IN, NOT IN or",
    ],
    ["EXCLUDE ItemID WHERE Items.A IN (horror)", 'found horror where a value belongs; put a text in quotes: "horror".'],
    ['EXCLUDE ItemID WHERE Items.A IN ("x"', 'the text ends; expected "," or ")" after the value.'],
    ['EXCLUDE ItemID WHERE Items.A IN ("x)', 'column 34: this quoted text has no end; close it with ".'],
    ["EXCLUDE ItemID WHERE Items.A IN (“x”)", 'found "“", which means nothing here; use plain quotes, ".'],
    ["EXCLUDE ItemID WHERE Items.A == 1", 'found "==", which means nothing here; write =.'],
    ["EXCLUDE ItemID WHERE Items.A = 1 && Items.B = 2", "write AND"],
    ["EXCLUDE ItemID WHERE Items.A IN (*)", "* stands for all event types, only after Interactions.EVENT_TYPE"],
    ["EXCLUDE ItemID WHERE Items.A NOT IN ($X)", "a parameter cannot stand after NOT IN"],
    ["EXCLUDE ItemID WHERE Items.A IN ($)", "found $ without a name"],
    ["EXCLUDE ItemID WHERE Items.A < (1, 2)", "a comparison takes one value; for several, write IN (…)."],
    ["EXCLUDE ItemID WHERE Items.A CONTAINS 3", "CONTAINS looks for texts; put them in quotes."],
    ["EXCLUDE ItemID WHERE Items.A > 7d", "a span of time belongs to now; write now - 7d."],
    ["EXCLUDE ItemID WHERE Items.A > now - 7", "expected a span of time such as 7d"],
    ["EXCLUDE ItemID WHERE Items.A > 7y", "found 7y; a span of time is a whole number of s, m, h, d or w"],
    ["EXCLUDE ItemID WHERE Items.A > 1e999", "the number 1e999 is too large."],
    [
      "EXCLUDE ItemID WHERE CurrentUser.AGE < 18",
      "Conditions on CurrentUser stand after IF at the end of the expression.",
    ],
    ["EXCLUDE ItemID WHERE Users.AGE < 18", "For the user who gets the recommendations, write IF CurrentUser."],
    ["EXCLUDE ItemID WHERE Items.A = 1 IF Items.B = 2", "Items cannot be used after IF; CurrentUser can."],
    ["EXCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = CurrentItem.B", "a column cannot be a value here"],
    [
      "EXCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = 2 IF CurrentUser.C = 3",
      "an expression has one IF, at its end",
    ],
    ["EXCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = 2 AND Items.C = 3", "Items cannot be used after IF"],
    ["EXCLUDE UserID WHERE Users.A = 1 IF CurrentUser.B = 2", "a filter of users has no current user for an IF"],
    ["EXCLUDE UserID WHERE Users.A IN (CurrentItem.A)", "a column cannot be a value here"],
    ["EXCLUDE ActionID WHERE Items.A = 1", "Items cannot be used after WHERE in a filter of ActionID; Actions or"],
    ["EXCLUDE ItemID WHERE Items.A = 1 | EXCLUDE UserID WHERE Users.A = 1", "the first selects ItemID."],
    [
      "EXCLUDE ItemID WHERE Items.A = 1 adn Items.B = 2",
      'found adn; expected AND, OR, IF, "|" or the end. Did you mean AND?',
    ],
    ["EXCLUDE ItemID WHERE (Items.A = 1", 'the text ends; expected AND, OR or ")".'],
    ["EXCLUDE ItemID WHERE Items.A = 1 |", "the text ends; expected INCLUDE or EXCLUDE."],
    [`EXCLUDE ItemID WHERE ${"(".repeat(101)}`, "nested more than 100 levels deep"],
    [`EXCLUDE ItemID WHERE ${"NOT ".repeat(5000)}`, "nested more than 100 levels deep"],
    [" ".repeat(100_001), "at most 100000 are read"],
  ])("%s", (text, message) => {
    const error = errorOf(() => parseFilter(text));
    expect(error.message).toContain(message);
    expect(error.code).toBe("invalid_argument");
    expect(error.details.violations?.[0]?.field).toMatch(/^line \d+, column \d+$/);
  });
});

describe("an attribute query", () => {
  it.each([
    ['ITEMS.genres = "Comedy" AND ITEMS.audience = "teen"', 'Items.genres = "Comedy" AND Items.audience = "teen"'],
    ["items.YEAR >= 1990 AND items.YEAR < 2000", "Items.YEAR >= 1990 AND Items.YEAR < 2000"],
    ['(Items.A IN ("x", "y") OR Items.B != 2) AND Items.C > now - 30d', undefined],
  ])("%s", (text, canonical) => {
    expect(conditionText(parseAttributeQuery(text))).toBe(canonical ?? text);
  });

  it.each([
    ["ITEMS.genres = $GENRE", "Attribute query, line 1, column 16: an attribute query has no parameters"],
    ['Interactions.EVENT_TYPE = "click"', "Interactions cannot be used in an attribute query; Items can."],
    ["ITEMS.genres = Comedy", 'put a text in quotes: "Comedy".'],
    ['ITEMS.genres = "Comedy" | ITEMS.genres = "Drama"', "found |; expected AND, OR or the end."],
  ])("%s is refused", (text, message) => {
    expect(errorOf(() => parseAttributeQuery(text)).message).toContain(message);
  });
});
