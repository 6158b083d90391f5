import { unaryCall } from "@palate/host";
import { DeletionKind, FindingSeverity, ResourceStatus, type DatasetType, type Finding } from "@palate/proto/dataset";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestMongo, type TestMongo } from "../support/mongo.js";
import { DATASET_TYPE_INTERACTIONS, DATASET_TYPE_ITEMS, Harness } from "./datasets-harness.js";

const { FINDING_SEVERITY_CRITICAL: CRITICAL, FINDING_SEVERITY_WARNING: WARNING } = FindingSeverity;

let mongo: TestMongo;
let harness: Harness;
beforeAll(async () => {
  mongo = await startTestMongo();
  harness = await Harness.start(mongo.uri, mongo.databaseName("o"));
  await harness.makeGroup("odd", ["interactions", "items"]);
});
afterAll(async () => {
  await harness?.stop();
  await mongo?.stop();
});

let jobs = 0;

/** The findings of a dry run of some files that are more than notes, about a column. */
async function findings(type: DatasetType, column: string, ...files: string[]): Promise<Finding[]> {
  const { client } = harness;
  const jobName = `job-${jobs++}`;
  const locations: string[] = [];
  for (const [i, file] of files.entries()) locations.push(await harness.upload(`part-${i}.csv`, file));
  const job = await harness.runImport("odd", jobName, type, "", { locations, dryRun: true });
  expect(job.failureReason).toBe("");
  const { dataAnalysis } = await unaryCall(client, client.getDataAnalysis, { datasetGroup: "odd", jobName });
  return dataAnalysis!.findings.filter((finding) => finding.column === column && finding.severity >= WARNING);
}

/** A file of interactions with these times, one each. */
const timed = (times: readonly number[]) =>
  `USER_ID,ITEM_ID,TIMESTAMP\n${times.map((time, i) => `u${i % 7},i${i % 5},${time}\n`).join("")}`;

/** A file of interactions of these users; `plain` is how many further ones nothing is odd about. */
const byUsers = (users: readonly string[], plain = 0) => {
  const all = [...users, ...Array.from({ length: plain }, (_, i) => `u${i % 50}`)];
  return `USER_ID,ITEM_ID,TIMESTAMP\n${all.map((user, i) => `${user},i${i % 5},${1_600_000_000 + i * 1000}\n`).join("")}`;
};
const many = <T>(value: T, times: number) => Array.from({ length: times }, () => value);
const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

type Case = [what: string, file: string, severity: FindingSeverity, message: RegExp, suggestion: RegExp];

describe("times that are no Unix seconds", () => {
  const days = [20210131, 20210228, 20201201, 20191130, 20210715];
  test.each<Case>([
    [
      "yyyymmdd",
      timed(days),
      CRITICAL,
      /5 rows \(100\.0 %\) lie before 1990, such as 20210715, which is 22 August 1970\. They look like dates written as yyyymmdd/,
      /formats: \["%Y%m%d"\]/,
    ],
    ["yyyymm", timed([202101, 202012, 201906]), CRITICAL, /months written as yyyymm/, /%Y%m"/],
    ["yymmdd", timed([210131, 201201, 191130]), CRITICAL, /dates written as yymmdd/, /%y%m%d"/],
    ["years", timed([2019, 2020, 2021]), CRITICAL, /look like years/, /time at which each happened/],
    ["days", timed(range(18_000, 19_000, 37)), CRITICAL, /days since 1970/, /unit: DAYS/],
    [
      "days of a spreadsheet",
      timed(range(44_000, 45_000, 37)),
      CRITICAL,
      /days of a spreadsheet/,
      /unit: SPREADSHEET_DAYS/,
    ],
    ["hours", timed(range(440_000, 450_000, 37)), CRITICAL, /hours since 1970/, /unit: HOURS/],
    ["minutes", timed(range(26_000_000, 27_000_000, 37_011)), CRITICAL, /minutes since 1970/, /unit: MINUTES/],
    [
      "milliseconds divided once too often",
      timed(range(1_700_000, 1_700_900, 37)),
      CRITICAL,
      /Unix seconds divided by 1,000/,
      /\* 1000.*datetime64\[s\]/,
    ],
    ["seconds divided by a million", timed(many(1700, 5)), CRITICAL, /divided by a million/, /Export the times again/],
    ["zero", timed(many(0, 5)), CRITICAL, /missing times: they are 0/, /Give each row/],
    [
      "zero in some rows",
      timed([0, ...range(1_600_000_000, 1_600_009_000, 1000)]),
      WARNING,
      /1 row \(9\.1 %\) lie before 1990, such as 0, which is 1 January 1970/,
      /Give each row/,
    ],
    [
      "anything else before 1990",
      timed([5, 77_000_000, 9_000, 400]),
      CRITICAL,
      /another moment than 1970/,
      /Unix seconds/,
    ],
    [
      "seconds times ten",
      timed(many(17_000_000_000, 5)),
      CRITICAL,
      /a year ahead, such as 17000000000, which is 16 September 2508\. They look like Unix seconds times ten/,
      /\/\/ 10/,
    ],
    ["yyyymmddhh", timed([2021013112, 2021022823, 2020120100]), CRITICAL, /hours written as yyyymmddhh/, /%Y%m%d%H/],
    [
      "seconds since 1900",
      timed(range(3_800_000_000, 3_800_900_000, 37_000)),
      CRITICAL,
      /seconds since 1900 or 1904/,
      /2208988800/,
    ],
    [
      "seconds since 1601",
      timed(range(13_200_000_000, 13_200_900_000, 37_000)),
      CRITICAL,
      /seconds since 1601/,
      /11644473600/,
    ],
  ])("%s", async (_what, file, severity, message, suggestion) => {
    const found = (await findings(DATASET_TYPE_INTERACTIONS, "TIMESTAMP", file)).filter((one) =>
      message.test(one.message),
    );
    expect(found.map((one) => one.severity)).toEqual([severity]);
    expect(found[0]!.suggestion).toMatch(suggestion);
  });

  test("nothing is said of times that are, however old or new items may be", async () => {
    const recent = range(1_590_000_000, 1_600_000_000, 999_983);
    const about = await findings(DATASET_TYPE_INTERACTIONS, "TIMESTAMP", timed(recent));
    expect(about.filter(({ message }) => message.includes("look like"))).toEqual([]);
  });
});

describe("ids that are none, or are written in two ways", () => {
  test.each<Case>([
    [
      "words for no value",
      byUsers(["NULL", "nan", "None", "NaN", "\\N", "NA", "null", "undefined", "N/A", "-", "nan"], 89),
      CRITICAL,
      /^11 rows \(11\.0 %\) have a word for "no value" in place of an id: "nan" \(2\), "-" \(1\), "N\/A" \(1\)/,
      /rowFilter/,
    ],
    [
      "few words for no value",
      byUsers(["NULL"], 199),
      WARNING,
      /^1 row \(0\.5 %\) have a word for "no value" in place of an id: "NULL" \(1\)/,
      /rowFilter/,
    ],
    [
      "white space around",
      byUsers(many(" u1", 50), 50),
      CRITICAL,
      /^50 rows \(50\.0 %\), 1 id, have an id with white space around it.*: " u1" beside "u1"/,
      /trim/,
    ],
    [
      "some white space behind",
      byUsers(["u1 ", "u2\u00a0"], 98),
      WARNING,
      /^2 rows \(2\.0 %\), 2 ids, .*"u1 " beside "u1", "u2\\u00a0" beside "u2"/,
      /trim/,
    ],
    ["white space within", byUsers(["a  b", "a b"], 98), WARNING, /^1 row .*"a {2}b" beside "a b"/, /trim/],
    [
      "a decimal",
      byUsers(many("7.0", 5).concat(many("7", 5)), 90),
      WARNING,
      /^5 rows .* a "\.0" at its end.*"7\.0" beside "7"/,
      /as text/,
    ],
    [
      "decimals alone",
      byUsers(["1.0", "2.0", "3.0"]),
      CRITICAL,
      /^3 rows \(100\.0 %\), 3 ids, .*: "1\.0", "2\.0", "3\.0"\./,
      /as text/,
    ],
    [
      "scientific notation",
      byUsers(["1e+05", "1E+05", "100000"], 97),
      WARNING,
      /^2 rows .*rounded: "1E\+05" beside "100000", "1E\+05" beside "1e\+05"/,
      /cannot be brought back/,
    ],
    ["scientific notation without a sign", byUsers(["1e5", "1E5"], 98), WARNING, /"1E5" beside "1e5"/, /as text/],
    ["a rounded spreadsheet number", byUsers(many("1.23457E+15", 20), 30), CRITICAL, /"1\.23457E\+15"\./, /as text/],
    [
      "zero-width characters",
      byUsers(["u1\u200b", "\u2060u2"], 98),
      WARNING,
      /nobody sees: "u1\\u200b" beside "u1", "\\u2060u2" beside "u2"/,
      /Remove them/,
    ],
    [
      "decomposed accents",
      byUsers(["Zoe\u0308", "Zo\u00eb"], 98),
      WARNING,
      /accents.*"Zoe\\u0308" beside "Zoë"/,
      /NFC/,
    ],
  ])("%s", async (_what, file, severity, message, suggestion) => {
    const found = (await findings(DATASET_TYPE_INTERACTIONS, "USER_ID", file)).filter((one) =>
      message.test(one.message),
    );
    expect(found.map((one) => one.severity)).toEqual([severity]);
    expect(found[0]!.suggestion).toMatch(suggestion);
  });

  test("are told of items too, and ids that are as they should be are left alone", async () => {
    const items = "ITEM_ID,GENRES\ni1,a\n i1,b\ni2,c\n";
    expect(await findings(DATASET_TYPE_ITEMS, "ITEM_ID", items)).toMatchObject([
      { severity: CRITICAL, message: expect.stringMatching(/" i1" beside "i1"/) as string },
    ]);
    const fine = ["0012", "12", "u-1", "U1", "é", "1.5", "3.10.0", "a@b.de", "12e45678", "nano", "{1}"];
    const said = await findings(DATASET_TYPE_INTERACTIONS, "USER_ID", byUsers(fine, 89));
    expect(said.filter(({ message }) => /have an id|have a word/.test(message))).toEqual([]);
  });
});

describe("categories that are lists without being read as such", () => {
  const genres = ["Drama", "Crime", "Comedy", "War"];
  /** Items in pairs of genres that a text joins. */
  const joined = (separator: string, before = "", after = "") =>
    genres.flatMap((a) => genres.filter((b) => b !== a).map((b) => `${before}${a}${separator}${b}${after}`));
  const items = (values: readonly string[]) =>
    `ITEM_ID,GENRES\n${values.map((value, i) => `i${i},"${value.replaceAll('"', '""')}"\n`).join("")}`;
  test.each<Case>([
    ["commas", items(joined(", ")), CRITICAL, /^12 rows \(100\.0 %\) have several values with ","/, /separator: ","/],
    [
      "semicolons in some",
      items([...joined(";"), ...many("War", 20)]),
      WARNING,
      /with ";" between them.*such as "Comedy;Crime"/,
      /separator: ";"/,
    ],
    [
      "lists as Python prints them",
      items(joined("', '", "['", "']")),
      CRITICAL,
      /a list in brackets.*"\['Comedy', 'Crime'\]"/,
      /separator: "\[\]"/,
    ],
    ["lists as JSON", items(joined('", "', '["', '"]')), CRITICAL, /a list in brackets/, /separator: "\[\]"/],
    [
      "blanks around the separator",
      items([...joined("|"), "Drama | War"]),
      WARNING,
      /^1 row .*blanks around "\|".*"Drama \| War"/,
      /trim/,
    ],
  ])("%s", async (_what, file, severity, message, suggestion) => {
    const found = (await findings(DATASET_TYPE_ITEMS, "GENRES", file)).filter((one) => message.test(one.message));
    expect(found.map((one) => one.severity)).toEqual([severity]);
    expect(found[0]!.suggestion).toMatch(suggestion);
  });

  test("nothing is said of commas in names", async () => {
    const names = items(["Smith, John", "Miller, Ann", "Jones, Zoe", "War"]);
    expect(
      (await findings(DATASET_TYPE_ITEMS, "GENRES", names)).filter(({ message }) => message.includes("between")),
    ).toEqual([]);
  });
});

describe("codes that the schema has as numbers", () => {
  const header = "ITEM_ID,NUMBER_OF_RATINGS\n";

  test("are told with what they lose", async () => {
    const found = await findings(
      DATASET_TYPE_ITEMS,
      "NUMBER_OF_RATINGS",
      `${header}a,0012\nb,7\n`,
      `${header}c,007\nd,\n`,
    );
    expect(found.filter(({ message }) => message.includes("zeros"))).toMatchObject([
      {
        severity: CRITICAL,
        message: `2 rows (50.0 %) have a number with leading zeros in the file, such as "0012", which became 12.`,
        suggestion: expect.stringContaining('"string"') as string,
      },
    ]);
  });

  test("are none where there are no such zeros", async () => {
    const found = await findings(DATASET_TYPE_ITEMS, "NUMBER_OF_RATINGS", `${header}a,0\nb,70\nc,-1\n`);
    expect(found.filter(({ message }) => message.includes("zeros"))).toEqual([]);
  });
});

describe("files of one import", () => {
  test("that hold another's rows are named", async () => {
    const first = timed(range(1_600_000_000, 1_600_100_000, 1000));
    const other = timed(range(1_500_000_000, 1_500_100_000, 1000));
    const half = `${first.split("\n").slice(0, 51).join("\n")}\n${other.split("\n").slice(1, 51).join("\n")}\n`;
    const [found, ...more] = await findings(DATASET_TYPE_INTERACTIONS, "", first, half, other).then((all) =>
      all.filter(({ message }) => message.includes("repeat rows of files")),
    );
    expect(found).toMatchObject({
      severity: CRITICAL,
      message: expect.stringMatching(
        /^50 rows \(50\.0 %\) of "part-1\.csv" repeat rows of files before it, most of them of "part-0\.csv"/,
      ) as string,
    });
    expect(more).toMatchObject([
      { severity: WARNING, message: expect.stringMatching(/^50 rows \(49\.5 %\)/) as string },
    ]);
    const apart = await findings(DATASET_TYPE_INTERACTIONS, "", first, other);
    expect(apart.filter(({ message }) => message.includes("repeat rows"))).toEqual([]);
  });
});

test("ids that findings show go with a deletion of them", async () => {
  const { client } = harness;
  const location = await harness.upload("a.csv", byUsers([" u1", "u1"], 20));
  await harness.runImport("odd", "real", DATASET_TYPE_INTERACTIONS, location);
  const about = async () => {
    const { dataAnalysis } = await unaryCall(client, client.getDataAnalysis, { datasetGroup: "odd", jobName: "real" });
    return dataAnalysis!.findings.map(({ message }) => message).join("\n");
  };
  expect(await about()).toContain('" u1" beside "u1"');
  const job = { datasetGroup: "odd", jobName: "forget" };
  const ids = [" u1"];
  await unaryCall(client, client.createDataDeletionJob, { ...job, kind: DeletionKind.DELETION_KIND_USERS, ids });
  for (;;) {
    const { dataDeletionJob } = await unaryCall(client, client.getDataDeletionJob, job);
    if (dataDeletionJob!.status === ResourceStatus.RESOURCE_STATUS_ACTIVE) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await about()).toContain('(deleted) beside "u1"');
});
