import { Column, DatasetType } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { convertRows, refusalOf } from "../testing/convert.js";

const column = (name: string, type: string, more: Partial<Column> = {}) => Column.create({ name, type, ...more });
const INTERACTIONS = [
  column("USER_ID", "string"),
  column("ITEM_ID", "string"),
  column("TIMESTAMP", "long"),
  column("EVENT_TYPE", "string", { nullable: true }),
  column("EVENT_VALUE", "float", { nullable: true }),
];
const ITEMS = [column("ITEM_ID", "string"), column("GENRES", "string", { nullable: true, categorical: true })];

const interactions = (content: string, mapping: object, name: string = "a.csv") => ({
  name,
  content,
  type: DatasetType.DATASET_TYPE_INTERACTIONS,
  columns: INTERACTIONS,
  mapping,
});
const items = (content: string, mapping: object, name: string = "a.csv") => ({
  name,
  content,
  type: DatasetType.DATASET_TYPE_ITEMS,
  columns: ITEMS,
  mapping,
});

/** The values of rows in the order of the schema, without absent ones at the end. */
function valuesOf(rows: readonly Record<string, unknown>[]): unknown[][] {
  return rows.map((row) => {
    const values = Object.values(row);
    while (values.at(-1) === null) values.pop();
    return values;
  });
}

const IDS = [
  { name: "USER_ID", from: ["u"] },
  { name: "ITEM_ID", from: ["i"] },
];

describe("columns of interactions", () => {
  test.each<[what: string, content: string, mapping: object, rows: unknown[][]]>([
    [
      "are named as the file's, however written, and by position",
      "The User,item_id,when\nu,i,1\n",
      {
        columns: [
          { name: "userId", from: ["THE USER"] },
          { name: "TIMESTAMP", from: ["#3"] },
        ],
      },
      [["u", "i", "1"]],
    ],
    [
      "are those of their position, whatever others are called, and those of their own script",
      "%2,#2,地点,TIMESTAMP,場所\nx,u,y,1,i\n",
      {
        columns: [
          { name: "USER_ID", from: ["#2"] },
          { name: "ITEM_ID", from: [" 場所"] },
          { name: "EVENT_TYPE", from: ["#1"] },
        ],
      },
      [["u", "i", "1", "x"]],
    ],
    [
      "may have two names in one file",
      "USER_ID,ITEM_ID,TIMESTAMP,itemId\nu,i,1,\nu,,2,j\n",
      { columns: [{ name: "ITEM_ID", from: ["ITEM_ID", "itemId"] }] },
      [
        ["u", "i", "1"],
        ["u", "j", "2"],
      ],
    ],
    [
      "have a constant, the first of several columns, and rules",
      "u,v,i,TIMESTAMP,kind,stars\na,,i,1,pv,5\n,b,j,2,buy,3.5\n,,k,3,,\n",
      {
        columns: [
          { name: "USER_ID", from: ["u", "v"], constant: "nobody" },
          { name: "ITEM_ID", from: ["i"] },
          {
            name: "EVENT_TYPE",
            from: ["kind"],
            rules: [
              { equals: "pv", value: "view" },
              { equals: "buy", value: "" },
            ],
          },
          {
            name: "EVENT_VALUE",
            from: ["stars"],
            rules: [
              { atLeast: 4, value: "1" },
              { atLeast: -1e9, value: "0" },
            ],
          },
        ],
      },
      [
        ["a", "i", "1", "view", 1],
        ["b", "j", "2", null, 0],
        ["nobody", "k", "3"],
      ],
    ],
    [
      "have words for no value, and white space that is cut off",
      'USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n " a ",\u00a0i\u200b,1,NULL, \nb,j, 2 ,\\N,nan\n'.replace(
        ' "',
        '"',
      ),
      { trim: true, nullValues: ["NULL", "\\N"], columns: [{ name: "EVENT_VALUE", nullValues: ["nan"] }] },
      [
        ["a", "i", "1"],
        ["b", "j", "2"],
      ],
    ],
    [
      "have a decimal comma and separated thousands",
      "USER_ID;ITEM_ID;TIMESTAMP;EVENT_VALUE\nu;i;1;1.234,5\nu;i;2;-3,25\nu;i;3;7\nu;i;4;1 000\n",
      { csv: { delimiter: ";" }, columns: [{ name: "EVENT_VALUE", decimalMark: "," }] },
      [
        ["u", "i", "1", null, 1234.5],
        ["u", "i", "2", null, -3.25],
        ["u", "i", "3", null, 7],
        ["u", "i", "4", null, 1000],
      ],
    ],
    [
      "are parts of JSON, in a file of JSON and in a text",
      'id,TIMESTAMP,props\nu,1,"{""sku"": ""i"", ""tags"": [""a"", ""b""]}"\n',
      {
        columns: [
          { name: "USER_ID", from: ["id"] },
          { name: "ITEM_ID", from: ["props.sku"] },
          { name: "EVENT_TYPE", from: ["props.tags.#2"] },
        ],
      },
      [["u", "i", "1", "b"]],
    ],
  ])("%s", async (_what, content, mapping, rows) => {
    expect(valuesOf(await convertRows(interactions(content, mapping)))).toEqual(rows);
  });

  test("are nested parts of JSON Lines", async () => {
    const line = { who: { id: 12345678901234567000n }, TIMESTAMP: 1, items: [{ sku: "a" }, { sku: "b" }], "a.b": "x" };
    const content = JSON.stringify(line, (_key, value) => (typeof value === "bigint" ? "12345678901234567000" : value));
    const mapping = {
      columns: [
        { name: "USER_ID", from: ["who.ID", "who.id"] },
        { name: "ITEM_ID", from: ["items.#1.sku"] },
        { name: "EVENT_TYPE", from: ["a.b"] },
      ],
    };
    const rows = await convertRows(interactions(content, mapping, "a.jsonl"));
    expect(valuesOf(rows)).toEqual([["12345678901234567000", "a", "1", "x"]]);
  });

  test.each<[what: string, content: string, mapping: object, problems: string[]]>([
    [
      "that the file does not have",
      "u,i,TIMESTAMP\na,b,1\n",
      { columns: [...IDS, { name: "EVENT_TYPE", from: ["kind"] }, { name: "EVENT_VALUE", from: ["#9"] }] },
      [
        '1 EVENT_TYPE: "kind" is not in the file, which has u, i, TIMESTAMP',
        "1 EVENT_VALUE: #9 is not in the file, which has 3 columns",
      ],
    ],
    [
      "that come twice",
      "u,i,U,TIMESTAMP\na,b,c,1\n",
      {
        columns: [
          { name: "USER_ID", from: ["_u"] },
          { name: "ITEM_ID", from: ["i"] },
        ],
      },
      ['1 USER_ID: "_u" comes 2 times in the file; name it by its position, #1 or #3'],
    ],
    [
      "that nothing uses, when they are not to be left out",
      "USER_ID,ITEM_ID,TIMESTAMP,a,b\na,b,1,,\n",
      { ignoredColumns: ["A"], refuseUnknownColumns: true },
      ["1 b: is used by nothing; use it, or name it in the mapping's ignored columns"],
    ],
    [
      "whose numbers are not written as is said",
      "USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE\nu,i,1,1.5\nu,i,2,x\n",
      { columns: [{ name: "EVENT_VALUE", decimalMark: "," }] },
      [
        '2 EVENT_VALUE: is no number with the decimal mark ","',
        '3 EVENT_VALUE: is no number with the decimal mark ","',
      ],
    ],
  ])("are refused %s", async (_what, content, mapping, problems) => {
    expect(await refusalOf(interactions(content, mapping))).toEqual(problems);
  });
});

describe("lists", () => {
  test.each<[separator: string, trim: boolean, texts: string[], stored: (string | null)[]]>([
    [", ", false, ["Drama, Sci-Fi", "Drama", ""], ["Drama|Sci-Fi", "Drama", null]],
    [",", true, [" Drama ,Sci-Fi,, "], ["Drama|Sci-Fi"]],
    ["|", true, ["Drama | Sci-Fi |"], ["Drama|Sci-Fi"]],
    [
      "[]",
      false,
      [`['Drama', 'Sci-Fi']`, `["Drama","it's"]`, `['it\\'s', "a, [b]", 3, None]`, "[]", `["Drama", null, ""]`],
      ["Drama|Sci-Fi", "Drama|it's", "it's|a, [b]|3", null, "Drama"],
    ],
    [
      "[]",
      false,
      [String.raw`['a\n\tb', 'x\xa0y\u200b\U0001fae8']`, String.raw`['C:\\new', "\"it's\" \d", '\\\\']`],
      ["a\n\tb|x\u00a0y\u200b\u{1fae8}", String.raw`C:\new|"it's" d|\\`],
    ],
    ["[]", false, ["[Film noir, Drama]", "[NULL, Sci-Fi]", "[Naïve art ]"], ["Film noir|Drama", "Sci-Fi", "Naïve art"]],
  ])("separated by %j (trimmed: %s) become values", async (separator, trim, texts, stored) => {
    const quoted = texts.map((text, i) => `${i},"${text.replaceAll('"', '""')}"\n`).join("");
    const mapping = { trim, columns: [{ name: "GENRES", separator }] };
    const rows = await convertRows(items(`ITEM_ID,GENRES\n${quoted}`, mapping));
    expect(rows.map((row) => row["GENRES"])).toEqual(stored);
  });

  test("are refused where a value holds the bar, or the text is no list", async () => {
    const columns = [{ name: "GENRES", separator: "[]" }];
    const numpy = ["[1 2]", "[True False]", "[nan 1.]", "['a' 'b']"];
    const content = `ITEM_ID,GENRES\n1,"['a|b']"\n2,Drama\n${numpy.map((text) => `3,${text}\n`).join("")}`;
    expect(await refusalOf(items(content, { columns }))).toEqual([
      expect.stringMatching(/^2 GENRES: has a value that holds "\|"/),
      ...[3, 4, 5, 6, 7].map((line) => `${line} GENRES: is no list such as ["a", "b"]`),
    ]);
  });

  test("have their values changed by rules", async () => {
    const rules = [
      { equals: "sf", value: "Sci-Fi" },
      { equals: "none", value: "" },
    ];
    const columns = [{ name: "GENRES", separator: ";", rules }];
    const rows = await convertRows(items("ITEM_ID,GENRES\n1,sf;Drama;none\n", { columns }));
    expect(rows).toEqual([{ ITEM_ID: "1", GENRES: "Sci-Fi|Drama" }]);
  });
});
