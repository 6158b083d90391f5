import { Column, DatasetType } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { convertRows, refusalOf } from "../testing/convert.js";

const columns = [
  Column.create({ name: "ITEM_ID", type: "string" }),
  Column.create({ name: "CREATION_TIMESTAMP", type: "long", nullable: true }),
];
const file = (texts: readonly string[], time: object) => ({
  name: "a.csv",
  content: `ITEM_ID,CREATION_TIMESTAMP\n${texts.map((text, i) => `${i},"${text}"\n`).join("")}`,
  type: DatasetType.DATASET_TYPE_ITEMS,
  columns,
  mapping: { columns: [{ name: "CREATION_TIMESTAMP", time }] },
});

/** 2023-11-14T22:13:20Z. */
const NOW = 1_700_000_000;

describe("times", () => {
  const times: [what: string, time: object, texts: [string, number | null][]][] = [
    [
      "ISO 8601",
      { formats: ["ISO"] },
      [
        ["2023-11-14T22:13:20Z", NOW],
        ["2023-11-14T22:13:20.868Z", NOW],
        ["2023-11-14T22:13:49.868Z", NOW + 29],
        ["2023-11-14T22:13:20.999999999Z", NOW],
        ["2023-11-14 22:13:20", NOW],
        ["2023-11-14 22:13:20.999", NOW],
        ["2023-11-14T22:13:20,9", NOW],
        ["2023-11-14 22:13:20 UTC", NOW],
        ["2023-11-14 22:13:20+00:00", NOW],
        ["2023-11-14T23:13:20+01:00", NOW],
        ["2023-11-15T03:43:20+0530", NOW],
        ["2023-11-14T19:13:20.5-03", NOW],
        ["2023-11-14t22:13:20z", NOW],
        ["2023-11-14T22:13", NOW - 20],
        ["2023-11-14T22:13Z", NOW - 20],
        ["2023-11-14", NOW - 22 * 3600 - 13 * 60 - 20],
        ["20231114T221320Z", NOW],
        ["20231114", NOW - 22 * 3600 - 13 * 60 - 20],
        ["1969-12-31T23:59:59.5Z", -1],
        ["1969-12-31T23:59:58,000001Z", -2],
        ["1969-12-31 23:59:58.000001", -2],
        ["1969-12-31T23:59:59,5+00:00", -1],
        ["", null],
      ],
    ],
    [
      "ISO 8601 in a zone",
      { formats: ["ISO"], zone: "Europe/Berlin" },
      [
        ["2023-11-14 23:13:20", NOW],
        ["2023-11-14T23:13:20.5", NOW],
        ["2023-11-14T22:13:20Z", NOW],
        ["2023-11-14T17:13:20-05:00", NOW],
        ["2023-07-01", 1_688_162_400],
      ],
    ],
    [
      "patterns in order",
      { formats: ["%m/%d/%Y %I:%M:%S %p", "%a %b %d %H:%M:%S %z %Y", "%d.%m.%Y"] },
      [
        ["11/11/2019 9:05:58 AM", 1_573_463_158],
        ["Tue Apr 03 20:00:09 +0200 2012", 1_333_476_009],
        ["01.01.1970", 0],
      ],
    ],
    ["nanoseconds", { formats: ["%Y-%m-%d %H:%M:%S.%n"] }, [["1969-12-31 23:59:58.999999999", -2]]],
    ["patterns in a zone", { formats: ["%d.%m.%Y %H:%M"], zone: "America/New_York" }, [["14.11.2023 17:13", NOW - 20]]],
    [
      "seconds",
      { unit: "TIME_UNIT_SECONDS" },
      [
        ["1700000000.75", NOW],
        ["1.7e+09", NOW],
        ["-0.5", -1],
      ],
    ],
    [
      "milliseconds",
      { unit: "TIME_UNIT_MILLISECONDS" },
      [
        ["1700000000999", NOW],
        ["-1", -1],
        ["1700000000999.0", NOW],
      ],
    ],
    [
      "microseconds",
      { unit: "TIME_UNIT_MICROSECONDS" },
      [
        ["1700000000999999", NOW],
        ["-1000001", -2],
      ],
    ],
    ["nanoseconds", { unit: "TIME_UNIT_NANOSECONDS" }, [["1700000000999999999", NOW]]],
    [
      "minutes",
      { unit: "TIME_UNIT_MINUTES" },
      [
        ["28333333", NOW - 20],
        ["0.5", 30],
      ],
    ],
    [
      "hours",
      { unit: "TIME_UNIT_HOURS" },
      [
        ["472222", NOW - 800],
        ["-1", -3600],
      ],
    ],
    ["days", { unit: "TIME_UNIT_DAYS" }, [["19675", 1_699_920_000]]],
    [
      "days of spreadsheets",
      { unit: "TIME_UNIT_SPREADSHEET_DAYS" },
      [
        ["25569", 0],
        ["45244.9259259259", NOW],
        ["45244", 1_699_920_000],
      ],
    ],
  ];
  test.each(times)("in %s are rounded down to Unix seconds", async (_what, time, texts) => {
    const rows = await convertRows(
      file(
        texts.map(([text]) => text),
        time,
      ),
    );
    const seconds = rows.map((row) => (row["CREATION_TIMESTAMP"] === null ? null : Number(row["CREATION_TIMESTAMP"])));
    expect(seconds).toEqual(texts.map(([, right]) => right));
  });

  test.each<[what: string, time: object, texts: string[], message: string]>([
    [
      "is no ISO 8601",
      { formats: ["ISO"] },
      [
        "2023-13-01",
        "2023-02-30",
        "2023-1-5",
        "2023/11/14",
        "14.11.2023",
        "1700000000",
        "epoch",
        "infinity",
        "2023-11-14T22:13:20xZ",
        "2023-11-14T25:00:00Z",
        "2023-11-14 22:13:20 Europe/Berlin",
        "2023-11-14T22:13:2x",
        "20231114T22132",
      ],
      "is no time in the format ISO 8601",
    ],
    ["fits no pattern", { formats: ["%Y", "ISO"] }, ["soon"], 'is no time in the formats "%Y", ISO 8601'],
    [
      "is no number",
      { unit: "TIME_UNIT_MILLISECONDS" },
      ["2023-11-14", "1 000", "nan"],
      "is no number of milliseconds",
    ],
  ])("are refused when a text %s", async (_what, time, texts, message) => {
    expect(await refusalOf(file(texts, time))).toEqual(texts.map((_, i) => `${i + 2} CREATION_TIMESTAMP: ${message}`));
  });

  test("are Unix seconds when nothing is said", async () => {
    const { lines } = { lines: await refusalOf(file(["2023-11-14"], {})) };
    expect(lines).toEqual([
      '2 CREATION_TIMESTAMP: "2023-11-14" is not Unix seconds; set time.formats to "ISO" in a mapping',
    ]);
  });
});
