import { Column } from "@palate/proto/dataset";
import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { CHUNK_ROWS, ChunkBuilder } from "./arrow-chunk.js";

const column = (name: string, type: string) => Column.create({ name, type });

test("rows come out as they went in, of every type and with empty cells", () => {
  const builder = new ChunkBuilder([
    column("TEXT", "string"),
    column("LONG", "long"),
    column("INT", "int"),
    column("FLOAT", "float"),
    column("FLAG", "boolean"),
  ]);
  const rows = [
    ["ä", 2n ** 60n + 1n, 7, 15.3, true],
    [null, null, null, null, null],
    ["", -1n, -7, 0, false],
    ["ä", 0n, 0, 1e300, true],
  ];
  for (let round = 0; round < 2; round++) {
    for (const row of rows) builder.addRow(row);
    const { arrowIpc, rows: count } = builder.pack();
    const table = tableFromIPC(arrowIpc);
    expect(count).toBe(4);
    expect(table.schema.fields.map(String)).toEqual([
      "TEXT: Dictionary<Int32, Utf8>",
      "LONG: Int64",
      "INT: Int64",
      "FLOAT: Float64",
      "FLAG: Bool",
    ]);
    expect(table.toArray().map((row: { toArray(): unknown[] }) => [...row.toArray()])).toEqual(
      rows.map(([text, long, int, float, flag]) => [
        text,
        long,
        int === null ? null : BigInt(int as number),
        float,
        flag,
      ]),
    );
    expect(table.getChild("TEXT")!.data[0]!.dictionary!.length).toBe(2);
  }
});

test("a chunk is full before it holds too many rows", () => {
  const builder = new ChunkBuilder([column("N", "long")]);
  while (!builder.full) builder.addRow([1n]);
  expect(builder.rows).toBeLessThanOrEqual(CHUNK_ROWS);
  expect(builder.rows).toBeGreaterThan(CHUNK_ROWS * 0.9);
});

test("a chunk is full before its text passes the limit of a message", () => {
  const builder = new ChunkBuilder([column("TEXT", "string")]);
  let rows = 0;
  while (!builder.full) builder.addRow([`${rows++}${"€".repeat(20_000)}`]);
  expect(builder.pack().arrowIpc.length).toBeLessThan(32 * 1024 * 1024);
  expect(builder.full).toBe(false);
});
