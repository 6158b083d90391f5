import { describe, expect, test } from "vitest";
import { readTextTable } from "./text-table.js";

const read = (...lines: string[]) => readTextTable(`${lines.join("\n")}\n`, 100);

describe("separators", () => {
  test.each([
    [["user,item", "u1,i1"], ",", 2],
    [["user;price", "u1;3,5", "u2;4,5"], ";", 2],
    [["user\titem", "u1\ta, b", "u2\tc, d"], "\t", 2],
    [["1::Toy Story (1995)::Animation|Comedy", "2::Heat (1995)::Action|Crime"], "::", 3],
    [["1|24|M|writer", "2|53|F|other"], "|", 4],
    // Lists are no columns: the comma separates more.
    [["1,Heat,Action|Crime", "2,Up,Comedy|Drama"], ",", 3],
    [["1,abc", "2,def"], ",", 2],
  ])("%j", (lines, delimiter, width) => {
    expect(read(...lines)).toMatchObject({ delimiter, width, raggedRows: 0 });
  });

  test("stand within quotes, whichever way quotes are escaped", () => {
    expect(read("id,title", '1,"a, ""b"""', '2,"c\nd"').rows).toEqual([
      ["1", 'a, "b"'],
      ["2", "c\nd"],
    ]);
    const escaped = read('"id";"title"', '"1";"a; \\"b\\""', '"2";"c"');
    expect(escaped).toMatchObject({
      quote: '"',
      escape: "\\",
      rows: [
        ["1", 'a; "b"'],
        ["2", "c"],
      ],
    });
  });

  test("with quotes that are text", () => {
    expect(read('u1\t"Weird" Al\t1', 'u2\t7" single\t2')).toMatchObject({
      quote: "",
      rows: [
        ["u1", '"Weird" Al', "1"],
        ["u2", '7" single', "2"],
      ],
    });
  });

  test("are what a first line sep= says", () => {
    expect(readTextTable("sep=;\r\na;b\r\n1;2\r\n", 10)).toMatchObject({
      skipLines: 1,
      delimiter: ";",
      names: ["a", "b"],
    });
  });
});

describe("a header", () => {
  test.each([
    [["USER_ID,ITEM_ID", "u1,i1"]],
    [["User ID,größe", "u1,L"]],
    [[",a,b", "0,1,2"]],
    [["a,b,", "1,2,"]],
    [["user_id:token\titem_id:token", "1\t2"]],
  ])("is in %j", (lines) => {
    expect(read(...lines).header).toBe(true);
  });

  test.each([
    [["1,2003,Dinosaur Planet", "72,1974,At Home"]],
    [["u1,i1,click", "u2,i2,click"]],
    [["N55528\tlifestyle\thttps://news.example/1", "N1\tsports\thttps://news.example/2"]],
    [["u1,2020-01-01", "u2,2020-01-02"]],
  ])("is not in %j", (lines) => {
    expect(read(...lines).header).toBe(false);
  });
});

test("rows of another width are counted", () => {
  const table = read("1,2003,Dinosaur Planet", "72,1974,At Home Among Strangers, A Stranger Among His Own");
  expect(table.raggedRows).toBe(1);
});
