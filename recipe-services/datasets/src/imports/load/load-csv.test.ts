import { Column, DatasetType, type CsvDialect } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { convertRows, refusalOf } from "../testing/convert.js";

const columns = [
  Column.create({ name: "USER_ID", type: "string" }),
  Column.create({ name: "ITEM_ID", type: "string" }),
  Column.create({ name: "TIMESTAMP", type: "long" }),
  Column.create({ name: "EVENT_TYPE", type: "string", nullable: true }),
];
const NAMES = ["USER_ID", "ITEM_ID", "TIMESTAMP"];
const file = (content: string, csv: Partial<CsvDialect>) => ({
  name: "a.csv",
  content,
  type: DatasetType.DATASET_TYPE_INTERACTIONS,
  columns,
  mapping: { csv },
});

describe("a text file's dialect", () => {
  test.each<[what: string, content: string, csv: Partial<CsvDialect>, rows: string[][]]>([
    ["semicolons", 'USER_ID;ITEM_ID;TIMESTAMP\n"a;b";i,j;1\n', { delimiter: ";" }, [["a;b", "i,j", "1"]]],
    ["tabs", "USER_ID\tITEM_ID\tTIMESTAMP\nu\ti\t1\n", { delimiter: "\t" }, [["u", "i", "1"]]],
    [
      "two colons, no header",
      "1::2::3\n4:5::6::7",
      { delimiter: "::", names: NAMES },
      [
        ["1", "2", "3"],
        ["4:5", "6", "7"],
      ],
    ],
    ["four characters", "u<=>>i<=>>1\n", { delimiter: "<=>>", names: NAMES }, [["u", "i", "1"]]],
    ["names in place of the header's", "a,b,c\nu,i,1\n", { names: NAMES, header: true }, [["u", "i", "1"]]],
    ["quotes that are text", '"u,i",1\n', { quote: "", names: NAMES }, [['"u', 'i"', "1"]]],
    ["single quotes", "USER_ID,ITEM_ID,TIMESTAMP\n'a,''b',i,1\n", { quote: "'" }, [["a,'b", "i", "1"]]],
    ["backslashes before quotes", '"a\\",b",i,1\n', { escape: "\\", names: NAMES }, [['a",b', "i", "1"]]],
    [
      "a byte order mark behind lines to skip",
      "made today\n\ufeffUSER_ID,ITEM_ID,TIMESTAMP\nu,i,1\n",
      { skipLines: 1 },
      [["u", "i", "1"]],
    ],
    [
      "lines to skip, and comments",
      'A "report\n\n# of, today\nUSER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu,i#1,,1\n# no, row, here\nv,i,"v\n#",2\n',
      { skipLines: 1, comment: "#" },
      [
        ["u", "i#1", "1"],
        ["v", "i", "2", "v\n#"],
      ],
    ],
    [
      "comments among records that end in CR LF",
      "USER_ID,ITEM_ID,TIMESTAMP\r\nu,i,1\r\n# no row\r\nv,i,2\r\n",
      { comment: "#" },
      [
        ["u", "i", "1"],
        ["v", "i", "2"],
      ],
    ],
    [
      "CR that end records and LF that do not",
      'USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\ru,i,1,"a\nb"\rv,i,2,c\r',
      {},
      [
        ["u", "i", "1", "a\nb"],
        ["v", "i", "2", "c"],
      ],
    ],
  ])("may have %s", async (_what, content, csv, rows) => {
    const found = await convertRows(file(content, csv));
    expect(found.map((row) => [...NAMES, "EVENT_TYPE"].flatMap((name) => row[name] ?? []))).toEqual(rows);
  });

  // The first line of the file ends inside of quotes, and in another way than its records.
  test.each(["\n", "\r\n"])("may have other ends of lines inside of quotes than %j", async (end) => {
    const other = end === "\n" ? "\r\n" : "\n";
    const csv = { names: ["EVENT_TYPE", ...NAMES] };
    const records = [`"a${other}b",u,i,1`, "c,v,i,2", ""].join(end);
    const right = [`a${other}b`, "c"];
    expect((await convertRows(file(records, csv))).map((row) => row["EVENT_TYPE"])).toEqual(right);
    const named = `"kind${other}of",USER_ID,ITEM_ID,TIMESTAMP${end}${records}`;
    const columnOf = { columns: [{ name: "EVENT_TYPE", from: ["#1"] }] };
    const rows = await convertRows({ ...file(named, {}), mapping: columnOf });
    expect(rows.map((row) => row["EVENT_TYPE"])).toEqual(right);
  });

  test("may have one column: empty lines are no rows of it", async () => {
    const columns_ = ["ITEM_ID", "TIMESTAMP"].map((name) => ({ name, constant: "1" }));
    const content = "# of today\nUSER_ID\n\nu\n#\n\nv\n\n";
    const rows = await convertRows({ ...file(content, {}), mapping: { csv: { comment: "#" }, columns: columns_ } });
    expect(rows.map((row) => row["USER_ID"])).toEqual(["u", "v"]);
    const none = { csv: {}, columns: [...columns_, { name: "USER_ID", constant: "u" }] };
    const kinds = (lines: string) => convertRows({ ...file(`EVENT_TYPE\n${lines}`, {}), mapping: none });
    expect((await kinds('""\na\n')).map((row) => row["EVENT_TYPE"])).toEqual([null, "a"]);
    await expect(kinds('""\n\na\n')).rejects.toThrow("line 2: has an empty value, and other lines are empty");
  });

  test.each<[what: string, content: string, csv: Partial<CsvDialect>, problems: string[]]>([
    [
      "skipped lines and comments in front",
      "report\n# more\nUSER_ID;ITEM_ID;TIMESTAMP\n#\n\nu;i;x\nu;i\n",
      { delimiter: ";", skipLines: 1, comment: "#" },
      ['6 TIMESTAMP: "x" is not Unix seconds', "7 : has 2 values where the header has 3"],
    ],
    [
      "no header",
      '"u\n1"::i::x\nu::i\n',
      { delimiter: "::", names: NAMES },
      [
        "1 USER_ID: has the control character U+000A, which no id may have",
        '1 TIMESTAMP: "x" is not Unix seconds',
        "3 : has 2 values where the first line has 3",
      ],
    ],
    [
      "a byte order mark behind a skipped line",
      "made today\n\ufeffu,i,1\n",
      { skipLines: 1, names: NAMES },
      ["2 : begins with a byte order mark (U+FEFF), which would get lost; take it out"],
    ],
    [
      "names that do not fit",
      "u,i,1,2\n",
      { names: NAMES },
      ["1 : has 4 values, but the mapping's csv.names has 3; name each column"],
    ],
  ])("keeps lines right with %s", async (_what, content, csv, problems) => {
    expect(await refusalOf(file(content, csv))).toEqual(problems);
  });
});
