import type { PalateError } from "@palate/host";
import { describe, expect, it } from "vitest";
import { explained, letsThroughUnknown, letThrough, NOW, SHOP } from "../../testing/shop.js";
import type { FilterParameters } from "../language/parameters.js";
import { attributeFilter, parseAttributeQuery, parseFilter } from "../language/parse.js";
import { checkFilterText, filterError } from "../schema/check-text.js";
import { checkFilter } from "../schema/check.js";
import { schemaOf, type FilterColumns } from "../schema/columns.js";
import { memoryColumns } from "../schema/memory-columns.js";
import { compileFilter } from "./compile.js";

const columns = memoryColumns(SHOP);

function compileError(text: string): PalateError {
  try {
    compileFilter(parseFilter(text), columns);
  } catch (thrown) {
    return thrown as PalateError;
  }
  throw new Error("It was compiled, though it should not have been.");
}

describe("a filter that does not fit the data", () => {
  it.each([
    ["EXCLUDE ItemID WHERE Items.GENR IN (1)", "line 1, column 22: Items has no column GENR. Did you mean GENRE?"],
    ["EXCLUDE ItemID WHERE Items.XYZ IN (1)", "Items has no column XYZ. Its columns: ITEM_ID, GENRE, BRAND"],
    ["EXCLUDE ItemID WHERE Items.A IN (CurrentItem.B)", "Items has no column A."],
    ["EXCLUDE ItemID WHERE Items.YEAR IN (CurrentItem.B)", "Items has no column B."],
    ["EXCLUDE ItemID WHERE Items.YEAR = 1 IF CurrentUser.agee = 1", "Users has no column agee. Did you mean AGE?"],
    [
      "EXCLUDE ItemID WHERE Items.GENRE > 3",
      "> compares numbers, but GENRE is a text; use =, !=, IN, NOT IN or CONTAINS.",
    ],
    ["EXCLUDE ItemID WHERE Items.ADULT < 1", "< compares numbers, but ADULT is a boolean; use = or !=."],
    ['EXCLUDE ItemID WHERE Items.YEAR = "new"', 'Items.YEAR is a number; "new" is not a number.'],
    ["EXCLUDE ItemID WHERE Items.YEAR IN (1, true)", "Items.YEAR is a number; true is not a number."],
    ["EXCLUDE ItemID WHERE Items.ADULT = 2", "Items.ADULT is a boolean; 2 is not true or false."],
    ['EXCLUDE ItemID WHERE Items.YEAR CONTAINS "19"', "CONTAINS looks into texts, but YEAR is a number."],
    ["EXCLUDE ItemID WHERE Items.GENRE = now", "now is a number, but GENRE is a text."],
    ["EXCLUDE ItemID WHERE Items.GENRE = CurrentItem.YEAR", "Items.GENRE is a text but CurrentItem.YEAR is a number"],
  ])("%s", (text, message) => {
    const error = compileError(text);
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toContain(message);
  });

  it.each([
    [
      'EXCLUDE ItemID WHERE Items.ITEM_ID IN ("a", " ")',
      'line 1, column 22: Items.ITEM_ID is an id, and " " is white space',
    ],
    ['EXCLUDE ItemID WHERE Interactions.item_id = "x\0y"', "has the control character U+0000, which no id may have."],
    ['EXCLUDE ItemID WHERE Items.ITEM_ID != ""', 'Items.ITEM_ID is an id, and "" is empty.'],
    [`INCLUDE UserID WHERE Users.USER_ID = "${"u".repeat(257)}"`, "has 257 characters; at most 256 are right."],
    ['EXCLUDE ActionID WHERE Action_Interactions.ACTION_ID = "\t"', "Action_Interactions.ACTION_ID is an id"],
    ['EXCLUDE ItemID WHERE Items.GENRE = "a" IF CurrentUser.USER_ID = "\u00a0"', "CurrentUser.USER_ID is an id"],
    ["EXCLUDE ItemID WHERE Items.ITEM_ID = 9007199254740993", "a number above 2^53 loses digits; write it in quotes."],
    ["EXCLUDE ItemID WHERE Items.GENRE IN (1, 9007199254740993)", "Items.GENRE is a text, and a number above 2^53"],
  ])("as it is written: %j", (text, message) => {
    const { problems } = checkFilterText(text, schemaOf(columns));
    expect(filterError(problems).message).toContain(message);
  });

  it("as it is written, but stays in use where it was stored before", () => {
    expect(() => compileFilter(parseFilter('EXCLUDE ItemID WHERE Items.ITEM_ID = " "'), columns)).not.toThrow();
  });

  it("in the values of a request", () => {
    const filter = compileFilter(
      parseFilter("EXCLUDE ItemID WHERE Items.ITEM_ID IN ($A) OR Items.GENRE = $B"),
      columns,
    );
    expect(() => filter.bind({ A: '"a","\u200b"' })).toThrow(/\$A: Items\.ITEM_ID is an id, and .* white space alone/);
    expect(() => filter.bind({ A: '"a"," b"', B: '" "' })).not.toThrow();
  });

  it("names all problems, each with its place", () => {
    const filter = parseFilter("EXCLUDE ItemID WHERE Items.A = 1 AND\n  Items.B = 2");
    expect(checkFilter(filter, schemaOf(columns)).map(({ place }) => place)).toEqual([
      { line: 1, column: 22 },
      { line: 2, column: 3 },
    ]);
  });

  it("says which dataset the group lacks", () => {
    const { Actions: _, Action_Interactions: __, ...rest } = columns;
    expect(() => compileFilter(parseFilter("EXCLUDE ActionID WHERE Actions.VALUE < 3"), rest)).toThrow(
      "the dataset group has no dataset Actions to select from.",
    );
  });
});

describe("parameters that are wrong", () => {
  const filter =
    "INCLUDE ItemID WHERE Items.YEAR >= $FROM AND Items.GENRE IN ($GENRE) | EXCLUDE ItemID WHERE Items.ADULT = $ADULT";
  it.each<[string, FilterParameters, string]>([
    ["missing in an INCLUDE expression", { FROM: "1990" }, "$GENRE: an INCLUDE expression needs its value"],
    [
      "of another case",
      { FROM: "1990", genre: "comedy" },
      '$genre: the filter has no such parameter (upper and lower case differ). Did you mean "GENRE"?',
    ],
    ["not a number", { FROM: '"new"', GENRE: "comedy" }, '"new" is not a number, which Items.YEAR is compared with.'],
    ["not a boolean", { FROM: "1", GENRE: "comedy", ADULT: "maybe" }, '"maybe" is not true or false'],
    ["several where one belongs", { FROM: "1,2", GENRE: "comedy" }, "Items.YEAR >= takes one value; $FROM has 2."],
    ["without an end", { FROM: "1", GENRE: '"comedy' }, '$GENRE: cannot read "comedy; write each value in quotes'],
    ["empty", { FROM: "1", GENRE: "" }, "$GENRE: a value is missing"],
    ["with a comma too many", { FROM: "1", GENRE: '"comedy",' }, "$GENRE: a value is missing"],
    ["without a comma", { FROM: "1", GENRE: '"comedy" "horror"' }, "$GENRE: cannot read"],
  ])("%s", (_, parameters, message) => {
    expect(() => letThrough(filter, { parameters })).toThrow(message);
  });

  it.each([
    ['"comedy","horror"', "alien toystory shining amelie"],
    [" comedy , 'horror' ", "alien toystory shining amelie"],
    ['"com\\"edy"', ""],
    ["constructor", ""],
  ])("%s is read", (GENRE, kept) => {
    expect(letThrough("INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)", { parameters: { GENRE } })).toBe(kept);
  });
});

describe("what a filter needs of a request", () => {
  it.each([
    ["EXCLUDE ItemID WHERE Items.YEAR = 1", false, false],
    ["EXCLUDE ItemID WHERE Items.YEAR = 1 IF CurrentUser.AGE = 1", true, false],
    ["EXCLUDE ItemID WHERE Interactions.TIMESTAMP > 1", true, false],
    ["EXCLUDE ItemID WHERE Items.YEAR IN (CurrentItem.YEAR)", false, true],
    ["EXCLUDE UserID WHERE Interactions.TIMESTAMP > 1", false, false],
  ])("%s", (text, needsUser, needsCurrentItem) => {
    expect(compileFilter(parseFilter(text), columns)).toMatchObject({ needsUser, needsCurrentItem });
  });
});

describe("why an item was removed", () => {
  const filter =
    'INCLUDE ItemID WHERE Items.GENRE IN ($G) OR Items.YEAR > 2000 | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = "watch" IF CurrentUser.AGE < 18';
  const parameters = { G: "horror" };

  it("by an EXCLUDE expression, with the values that decide", () => {
    expect(explained(filter, "shining", { parameters })).toBe(
      [
        "Removed.",
        'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = "watch" IF CurrentUser.AGE < 18',
        `removes it: Interactions.EVENT_TYPE = "watch" holds for 2 of the user's interactions with it (2 in all).` +
          " It applies: CurrentUser.AGE < 18 holds: CurrentUser.AGE is 15.",
      ].join("\n"),
    );
  });

  it("because no INCLUDE expression has it", () => {
    expect(explained(filter, "toystory", { parameters })).toBe(
      [
        "Left out.",
        "INCLUDE ItemID WHERE Items.GENRE IN ($G) OR Items.YEAR > 2000",
        "does not include it: Items.YEAR > 2000 does not hold: Items.YEAR is 1995." +
          ' Items.GENRE IN ("horror") does not hold: Items.GENRE is "comedy|family".',
      ].join("\n"),
    );
  });

  it("or why it was not", () => {
    const text = explained(filter, "amelie", { user: 1, parameters });
    expect(text).toContain("Let through.");
    expect(text).toContain("includes it: Items.YEAR > 2000 holds: Items.YEAR is 2001.");
    expect(text).toContain("does not apply: CurrentUser.AGE < 18 does not hold: CurrentUser.AGE is 40.");
  });

  it("names a parameter without a value", () => {
    expect(explained("EXCLUDE ItemID WHERE Items.BRAND IN ($B)", "alien")).toContain(
      "Items.BRAND IN ($B) is not used: its parameter has no value.",
    );
  });
});

describe("an id that is not known", () => {
  it.each([
    ["INCLUDE ItemID WHERE Items.ADULT = false", false],
    ["INCLUDE ItemID WHERE Items.ADULT != true", true],
    ["EXCLUDE ItemID WHERE Items.ADULT = true", true],
    ['EXCLUDE ItemID WHERE Items.ITEM_ID IN ("new")', false],
    ['EXCLUDE ItemID WHERE Items.ITEM_ID IN ("other")', true],
    ['INCLUDE ItemID WHERE Items.ITEM_ID IN ("alien", "new")', true],
    ['INCLUDE ItemID WHERE Items.ITEM_ID CONTAINS "NE"', true],
    ['EXCLUDE ItemID WHERE NOT Items.ITEM_ID = "new"', true],
    ['EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', true],
    ['INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', false],
    ["INCLUDE UserID WHERE Users.STAFF = false", false],
    ["EXCLUDE UserID WHERE Users.AGE < 18", true],
    ['INCLUDE UserID WHERE Interactions.EVENT_TYPE = "watch"', false],
    ["INCLUDE ActionID WHERE Actions.VALUE > 1", false],
  ])("is held to %s: %s", (filter, through) => {
    expect(letsThroughUnknown(filter, "new")).toBe(through);
  });

  it("is explained", () => {
    const bound = compileFilter(parseFilter('EXCLUDE ItemID WHERE Items.ITEM_ID = "new"'), columns).bind();
    expect(bound.explainUnknown({ now: NOW }, "new")).toBe(
      [
        "Removed.",
        'EXCLUDE ItemID WHERE Items.ITEM_ID = "new"',
        'removes it: Items.ITEM_ID = "new" holds: Items.ITEM_ID is "new".',
        "It is not known: it has no value but its id.",
      ].join("\n"),
    );
  });
});

describe("data that change", () => {
  /** Live columns as a replica has them: arrays with room that are replaced as data come. */
  function liveColumns() {
    const dictionary = ["comedy"];
    const state = { count: 3, version: 1, codes: Int32Array.of(0, -1), prices: Float64Array.of(1) };
    const genre = {
      kind: "text",
      dictionary,
      multiValued: true,
      get values() {
        return state.codes;
      },
    } as const;
    const price = {
      kind: "number",
      get values() {
        return state.prices;
      },
    } as const;
    const live: FilterColumns = {
      Items: {
        get count() {
          return state.count;
        },
        get version() {
          return state.version;
        },
        columns: [
          { name: "GENRE", type: "text" },
          { name: "PRICE", type: "number" },
        ],
        column: (name) => (name === "GENRE" ? genre : name === "PRICE" ? price : undefined),
      },
    };
    return { live, state, dictionary };
  }

  it.each([
    ['EXCLUDE ItemID WHERE Items.GENRE IN ("horror")', "000", "0110"],
    ['EXCLUDE ItemID WHERE Items.GENRE CONTAINS "ORR"', "000", "0111"],
    ["EXCLUDE ItemID WHERE Items.PRICE > 5 OR Items.PRICE = 1", "100", "1010"],
    ['EXCLUDE ItemID WHERE NOT Items.GENRE IN ("comedy")', "011", "0111"],
    ["EXCLUDE ItemID WHERE Items.GENRE IN (CurrentItem.GENRE)", "100", "1000"],
  ])("%s: the next request sees new rows, new texts and new values", (text, before, after) => {
    const { live, state, dictionary } = liveColumns();
    // A filter that leaves ones in the masks that the next one takes.
    const all = compileFilter(parseFilter("EXCLUDE ItemID WHERE Items.PRICE != 5 OR Items.PRICE != 6"), live).bind();
    all.mark({ now: NOW }, new Uint8Array(3));
    const bound = compileFilter(parseFilter(text), live).bind();
    const marks = (): string => {
      const excluded = new Uint8Array(state.count);
      bound.mark({ currentItem: 0, now: NOW }, excluded);
      return excluded.join("");
    };
    expect(marks()).toBe(before);
    dictionary.push("horror|drama", "HORROR", "horror");
    state.codes = Int32Array.of(0, 1, 3, 2, 0, 0);
    state.prices = Float64Array.of(1, NaN, 9, 2, 99, 99);
    state.count = 4;
    state.version++;
    expect(marks()).toBe(after);
  });

  it("segments see new interactions", () => {
    const state = { version: 1, targets: [[0], []] as number[][] };
    const users = { count: 2, version: 1, columns: [], column: () => undefined };
    const timestamp = { kind: "number" } as const;
    const live: FilterColumns = {
      Users: users,
      Interactions: {
        get version() {
          return state.version;
        },
        columns: [{ name: "TIMESTAMP", type: "number" }],
        column: () => timestamp,
        rows: (user) => ({ targets: state.targets[user]!, values: () => state.targets[user]!.map(() => NOW) }),
      },
    };
    const bound = compileFilter(parseFilter("INCLUDE UserID WHERE Interactions.TIMESTAMP > now - 1d"), live).bind();
    const marks = (): string => {
      const excluded = new Uint8Array(2);
      bound.mark({ now: NOW }, excluded);
      return excluded.join("");
    };
    expect(marks()).toBe("01");
    state.targets = [[], [7]];
    state.version++;
    expect(marks()).toBe("10");
  });

  it("time goes on", () => {
    const bound = compileFilter(
      parseFilter("INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > now - 2d"),
      columns,
    ).bind();
    const marks = (now: number): string => {
      const excluded = new Uint8Array(5);
      bound.mark({ now }, excluded);
      return excluded.join("");
    };
    expect(marks(NOW)).toBe("11011");
    expect(marks(NOW + 2 * 86_400)).toBe("11111");
    expect(marks(NOW + 0.9)).toBe("11011");
  });
});

describe("marking", () => {
  it("adds to what is marked already, in an array of any length and place", () => {
    const bound = compileFilter(parseFilter('EXCLUDE ItemID WHERE Items.BRAND = "Fox"'), columns).bind();
    const shifted = new Uint8Array(new ArrayBuffer(16), 3, 7);
    shifted[2] = 1;
    bound.mark({ now: NOW }, shifted);
    expect([...shifted]).toEqual([1, 0, 1, 1, 0, 0, 0]);
    const short = new Uint8Array(2);
    bound.mark({ now: NOW }, short);
    expect([...short]).toEqual([1, 0]);
  });

  it("looks at a part of the rows, whatever changed since it looked at another", () => {
    const state = { version: 1, since: 5 };
    const live: FilterColumns = {
      Users: { count: 12, version: 1, columns: [], column: () => undefined },
      Interactions: {
        get version() {
          return state.version;
        },
        columns: [{ name: "TIMESTAMP", type: "number" }],
        column: () => ({ kind: "number" }),
        rows: (user) => ({ targets: [0], values: () => [user < state.since ? NOW : 0] }),
      },
    };
    const bound = compileFilter(parseFilter("EXCLUDE UserID WHERE Interactions.TIMESTAMP > now - 1d"), live).bind();
    const excluded = new Uint8Array(12);
    bound.mark({ now: NOW }, excluded, 0, 4);
    expect(excluded.join("")).toBe("111100000000");
    bound.mark({ now: NOW }, excluded, 8, 12);
    expect(excluded.join("")).toBe("111100000000");
    state.since = 12;
    state.version++;
    bound.mark({ now: NOW }, excluded, 4, 8);
    expect(excluded.join("")).toBe("111111110000");
    const whole = new Uint8Array(12);
    bound.mark({ now: NOW }, whole);
    expect(whole.join("")).toBe("1".repeat(12));
    expect(bound.explain({ now: NOW }, 11)).toContain("Removed.");
  });

  it("works for filters of thousands of conditions, nested and not", () => {
    const years = Array.from({ length: 1500 }, (_, i) => `Items.YEAR = ${i + 600} AND Interactions.TIMESTAMP > 0`).join(
      " OR ",
    );
    expect(letThrough(`EXCLUDE ItemID WHERE ${years}`)).toBe("amelie unknown");
    const nested = `${"(".repeat(99)}Items.YEAR = 1979${" OR Items.YEAR = $Y AND Items.PRICE > 0)".repeat(99)}`;
    expect(letThrough(`EXCLUDE ItemID WHERE ${nested}`, { parameters: { Y: "1980" } })).toBe("toystory amelie unknown");
  });

  it("gives the same object for the same values", () => {
    const compiled = compileFilter(parseFilter("EXCLUDE ItemID WHERE Items.BRAND IN ($A, $B)"), columns);
    const first = compiled.bind({ A: "Fox", B: '"x","y"' });
    expect(compiled.bind({ B: "x, y", A: '"Fox"' })).toBe(first);
    expect(compiled.bind({ A: "Fox" })).not.toBe(first);
  });
});

describe("an attribute query", () => {
  it("selects items", () => {
    const query = parseAttributeQuery('ITEMS.genre = "comedy" AND ITEMS.year >= 2000');
    const excluded = new Uint8Array(5);
    compileFilter(attributeFilter(query), columns).bind().mark({ now: NOW }, excluded);
    expect(excluded.join("")).toBe("11101");
  });
});
