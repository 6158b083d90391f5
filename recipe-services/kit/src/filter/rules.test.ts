import { describe, expect, it } from "vitest";
import { letThrough, type ShopRequest } from "../../testing/filter/shop.js";

type Rule = readonly [rule: string, filter: string, kept: string, request?: ShopRequest];

const ANN = 0;
const BOB = 1;
const CID = 2;
const ALIEN = 0;
const ALL = "alien toystory shining amelie unknown";

function table(rules: readonly Rule[]): void {
  for (const [rule, filter, kept, request] of rules) {
    it(`${rule}: ${filter} keeps ${kept || "nothing"}`, () => expect(letThrough(filter, request)).toBe(kept));
  }
}

describe("Amazon's examples", () => {
  table([
    [
      "bought or watched",
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase", "watch")',
      "toystory amelie unknown",
    ],
    ["anything touched", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "amelie unknown"],
    ["only touched", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "alien toystory shining"],
    [
      "only recently created",
      "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE",
      "toystory shining",
      { parameters: { SINCE: String(1_700_000_000 - 30 * 86_400) } },
    ],
    ["a decade", "INCLUDE ItemID WHERE Items.YEAR >= 1970 AND Items.YEAR < 1980", "alien"],
    [
      "category at request time",
      "INCLUDE ItemID WHERE Items.GENRE IN ($G)",
      "toystory amelie",
      { parameters: { G: '"comedy"' } },
    ],
    [
      "conditional on user",
      'EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18',
      "toystory amelie unknown",
    ],
    [
      "conditional on user, not met",
      'EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18',
      ALL,
      { user: BOB },
    ],
    [
      "same brand as the seed item",
      "INCLUDE ItemID WHERE Items.BRAND IN (CurrentItem.BRAND)",
      "alien amelie",
      { currentItem: ALIEN },
    ],
    [
      "cheaper and of a genre of the seed item",
      "INCLUDE ItemID WHERE Items.PRICE > CurrentItem.PRICE AND Items.GENRE IN CurrentItem.GENRE",
      "shining",
      { currentItem: ALIEN },
    ],
    [
      "combined",
      'INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
      "alien",
      { parameters: { GENRE: '"horror"' } },
    ],
    [
      "two levels of category",
      'EXCLUDE ItemID WHERE Items.GENRE IN ("horror") AND Items.BRAND NOT IN ("Fox")',
      "alien toystory amelie unknown",
    ],
    [
      "genre if of an age",
      "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
      "alien shining unknown",
      { parameters: { GENRE: '"comedy"', AGE: '"15"' } },
    ],
    ["segment", "INCLUDE UserID WHERE Users.MEMBERSHIP IN ($M)", "bob", { parameters: { M: '"premium"' } }],
    ["segment by age", "EXCLUDE UserID WHERE Users.AGE < $AGE", "bob cid", { parameters: { AGE: '"18"' } }],
    ["segment by events", 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click", "rating")', "ann"],
    ["actions taken", 'EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("Taken")', "upgrade survey"],
    [
      "actions by value, if a member",
      "EXCLUDE ActionID WHERE Actions.VALUE < ($VALUE) IF CurrentUser.MEMBERSHIP = $PREMIUM",
      "upgrade",
      { user: BOB, parameters: { VALUE: "5", PREMIUM: '"premium"' } },
    ],
  ]);
});

describe("Amazon's rules", () => {
  table([
    [
      "keywords and datasets ignore case",
      'exclude itemid where INTERACTIONS.event_type in ("purchase")',
      "toystory shining amelie unknown",
    ],
    ["texts are compared exactly", 'INCLUDE ItemID WHERE Items.GENRE IN ("Horror", "comed")', ""],
    ["event types ignore case", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("CLICK")', "alien toystory"],
    [
      "event types of actions too",
      'INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("taken", "Not_Taken")',
      "newsletter upgrade",
    ],
    ["a star without quotes", "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)", "amelie unknown"],
    [
      "a star in a parameter",
      "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($T)",
      "amelie unknown",
      { parameters: { T: '"*"' } },
    ],
    ["a star elsewhere is a text", 'INCLUDE ItemID WHERE Items.GENRE IN ("*")', ""],
    ["any value of several matches", 'INCLUDE ItemID WHERE Items.GENRE IN ("sci-fi")', "alien"],
    ["and so does their whole text", 'INCLUDE ItemID WHERE Items.GENRE = "horror|sci-fi"', "alien"],
    [
      "NOT IN: none of the values matches",
      'INCLUDE ItemID WHERE Items.GENRE NOT IN ("sci-fi", "comedy")',
      "shining unknown",
    ],
    [
      "NOT IN is IN with the opposite action",
      'EXCLUDE ItemID WHERE Items.GENRE IN ("sci-fi", "comedy")',
      "shining unknown",
    ],
    [
      "NOT IN of event types",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("purchase", "watch")',
      "toystory amelie unknown",
    ],
    [
      "INCLUDE | INCLUDE is the union",
      'INCLUDE ItemID WHERE Items.YEAR = 1979 | INCLUDE ItemID WHERE Items.BRAND = "Pixar"',
      "alien toystory",
    ],
    [
      "EXCLUDE | EXCLUDE is the union",
      'EXCLUDE ItemID WHERE Items.YEAR = 1979 | EXCLUDE ItemID WHERE Items.BRAND = "Pixar"',
      "shining amelie unknown",
    ],
    [
      "mixed: includes less excludes",
      'INCLUDE ItemID WHERE Items.BRAND = "Fox" | EXCLUDE ItemID WHERE Items.YEAR = 1979',
      "amelie",
    ],
    [
      "in whatever order",
      'EXCLUDE ItemID WHERE Items.YEAR = 1979 | INCLUDE ItemID WHERE Items.BRAND = "Fox"',
      "amelie",
    ],
    [
      "IF with AND, both",
      'EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 18 AND CurrentUser.MEMBERSHIP IN ("premium")',
      "unknown",
      { user: BOB },
    ],
    [
      "IF with AND, one",
      'EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 18 AND CurrentUser.MEMBERSHIP IN ("basic")',
      ALL,
      { user: BOB },
    ],
    ["IF not met switches an INCLUDE off", "INCLUDE ItemID WHERE Items.YEAR = 1979 IF CurrentUser.AGE > 18", ALL],
    [
      "and leaves the other expressions",
      "INCLUDE ItemID WHERE Items.YEAR = 1979 IF CurrentUser.AGE > 18 | INCLUDE ItemID WHERE Items.YEAR = 1995",
      "toystory",
    ],
    [
      "a user without the value does not meet an IF",
      "EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE < 18",
      ALL,
      { user: CID },
    ],
    ["nor does an unknown user", "EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE < 18", ALL, { user: -1 }],
    ["an unknown user has no interactions", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', ALL, { user: -1 }],
    [
      "another user's interactions do not count",
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
      "alien toystory shining unknown",
      { user: BOB },
    ],
    ["numbers in quotes", 'INCLUDE ItemID WHERE Items.YEAR IN ("1979", 1995)', "alien toystory"],
    [
      "numbers as parameters, in quotes and bare",
      "INCLUDE ItemID WHERE Items.YEAR IN ($Y)",
      "alien toystory",
      { parameters: { Y: '"1979",1995' } },
    ],
    [
      "ranges with parameters",
      "INCLUDE ItemID WHERE Items.PRICE <= $P",
      "alien shining amelie",
      { parameters: { P: '"7.5"' } },
    ],
    [
      "parameters of one EXCLUDE left out",
      'EXCLUDE ItemID WHERE Items.GENRE IN ($G) | EXCLUDE ItemID WHERE Items.BRAND IN ("Fox")',
      "toystory shining unknown",
    ],
    ["a part that lacks its value removes nothing", "EXCLUDE ItemID WHERE Items.GENRE IN ($G) AND Items.YEAR > 0", ALL],
    [
      "the part beside it still does",
      'EXCLUDE ItemID WHERE Items.GENRE IN ($G) OR Items.BRAND IN ("Fox")',
      "toystory shining unknown",
    ],
    ["nor does it under a NOT", "EXCLUDE ItemID WHERE NOT Items.GENRE IN ($G)", ALL],
    ["or in an IF", "EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE = $A", ALL],
    [
      "a seed item without a value matches nothing",
      "INCLUDE ItemID WHERE Items.BRAND IN (CurrentItem.BRAND)",
      "",
      { currentItem: 4 },
    ],
    ["a request without seed item matches nothing", "EXCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE", ALL],
    [
      "the seed item's own column",
      'EXCLUDE ItemID WHERE Items.PRICE > 7 IF CurrentUser.AGE < 18 | EXCLUDE ItemID WHERE CurrentItem.GENRE IN ("sci-fi")',
      "",
      { currentItem: ALIEN },
    ],
    [
      "no value: no comparison holds",
      "INCLUDE ItemID WHERE Items.YEAR < 3000 OR Items.YEAR >= 3000",
      "alien toystory shining amelie",
    ],
    ["no value: != holds", "INCLUDE ItemID WHERE Items.YEAR != 1979", "toystory shining amelie unknown"],
  ]);
});

describe("beyond Amazon", () => {
  table([
    [
      "nested conditions",
      'INCLUDE ItemID WHERE (Items.BRAND = "Fox" OR Items.YEAR = 1995) AND NOT Items.GENRE IN ("horror")',
      "toystory amelie",
    ],
    [
      "AND binds tighter than OR",
      'INCLUDE ItemID WHERE Items.YEAR = 1995 OR Items.BRAND = "Fox" AND Items.YEAR = 1979',
      "alien toystory",
    ],
    ["boolean columns", "EXCLUDE ItemID WHERE Items.ADULT = true", "toystory amelie unknown"],
    [
      "boolean texts and parameters",
      'INCLUDE ItemID WHERE Items.ADULT IN ("False", $A)',
      "alien toystory shining amelie",
      { parameters: { A: "true" } },
    ],
    [
      "boolean columns of users",
      "EXCLUDE ItemID WHERE Items.ADULT = true IF CurrentUser.STAFF != true",
      "toystory amelie unknown",
    ],
    ["text contains, whatever the case", 'INCLUDE ItemID WHERE Items.DESCRIPTION CONTAINS "space"', "alien toystory"],
    [
      "any of several texts",
      'INCLUDE ItemID WHERE Items.DESCRIPTION CONTAINS ("HOTEL", $W)',
      "toystory shining",
      { parameters: { W: "toys" } },
    ],
    [
      "several datasets in one expression",
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch") AND Items.GENRE IN ("horror")',
      "alien toystory amelie unknown",
    ],
    ["ids", 'INCLUDE ItemID WHERE Items.ITEM_ID IN ("alien", "amelie")', "alien amelie"],
    ["a time window", "EXCLUDE ItemID WHERE Interactions.TIMESTAMP > now - 7d", "alien amelie unknown"],
    ["new items by the clock", "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP >= now - 20d", "toystory shining"],
    ["event values", "INCLUDE ItemID WHERE Interactions.EVENT_VALUE >= 0.9", "alien shining"],
    [
      "the same interaction: watched long in the last 36 hours",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "watch" AND Interactions.EVENT_VALUE > 0.5 AND Interactions.TIMESTAMP > now - 36h',
      "",
    ],
    [
      "the same interaction: watched long in the last 3 days",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "watch" AND Interactions.EVENT_VALUE > 0.5 AND Interactions.TIMESTAMP > now - 3d',
      "shining",
    ],
    [
      "two event types are two interactions",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "click" AND Interactions.EVENT_TYPE = "purchase"',
      "alien",
    ],
    [
      "and the window holds for both",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "click" AND Interactions.EVENT_TYPE = "purchase" AND Interactions.TIMESTAMP > now - 7d',
      "",
    ],
    [
      "denied: clicked and never purchased",
      'INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "click" AND NOT Interactions.EVENT_TYPE = "purchase"',
      "toystory",
    ],
    [
      "users by events and attributes",
      'INCLUDE UserID WHERE Users.MEMBERSHIP = "basic" AND Interactions.TIMESTAMP > now - 7d',
      "ann",
    ],
    ["actions within a time", "EXCLUDE ActionID WHERE Action_Interactions.TIMESTAMP > now - 7d", "upgrade survey"],
    [
      "the whole history, however old",
      'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("like")',
      "alien toystory shining unknown",
      { user: BOB },
    ],
    [
      "IF with OR and NOT",
      'EXCLUDE ItemID WHERE Items.YEAR > 0 IF CurrentUser.AGE > 18 OR NOT CurrentUser.MEMBERSHIP = "premium"',
      "unknown",
      { user: ANN },
    ],
  ]);
});
