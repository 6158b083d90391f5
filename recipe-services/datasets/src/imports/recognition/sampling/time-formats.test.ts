import { TimeUnit } from "@palate/proto/dataset";
import { describe, expect, test } from "vitest";
import { timesOf } from "./time-formats.js";

const unit = (found: TimeUnit) => ({ kind: "unit", unit: found });
const formats = (...found: string[]) => ({ kind: "formats", formats: found });

describe("times are told by their values", () => {
  test.each([
    [["1700000000", "1600000000"], unit(TimeUnit.TIME_UNIT_SECONDS)],
    [["1593879903.438"], unit(TimeUnit.TIME_UNIT_SECONDS)],
    [["1.7e9"], unit(TimeUnit.TIME_UNIT_SECONDS)],
    [["1700000000123"], unit(TimeUnit.TIME_UNIT_MILLISECONDS)],
    [["1700000000123456"], unit(TimeUnit.TIME_UNIT_MICROSECONDS)],
    [["1700000000123456789"], unit(TimeUnit.TIME_UNIT_NANOSECONDS)],
    [["45245.5", "45246"], unit(TimeUnit.TIME_UNIT_SPREADSHEET_DAYS)],
    // Outliers do not decide.
    [["1511544070", "1511561733", "-2134949234"], unit(TimeUnit.TIME_UNIT_SECONDS)],
    [["20151111", "20150829"], formats("%Y%m%d")],
    [["20151111235959"], formats("%Y%m%d%H%M%S")],
    [["2023-11-14T22:13:20.869Z", "2023-11-14T22:13:20Z"], formats("ISO")],
    [["2023-11-14 22:13:20", "2023-11-14"], formats("ISO")],
    [["2023-11-14 22:13:20 -0500"], formats("ISO")],
    [["Tue Apr 03 18:00:09 +0000 2012"], formats("%a %b %d %H:%M:%S %z %Y")],
    [["01-Jan-1995"], formats("%d-%b-%Y")],
    [["Feb 1, 2007", "Aug 13, 2006"], formats("%b %d, %Y")],
    [["September 16, 2017"], formats("%B %d, %Y")],
    [["11/11/2019 9:05:58 AM", "11/13/2019 12:05:58 PM"], formats("%m/%d/%Y %I:%M:%S %p")],
    [["13/11/2019 21:05"], formats("%d/%m/%Y %H:%M")],
    [["13-11-19"], formats("%d-%m-%y")],
    // Nobody writes the month first before a full stop.
    [["01.02.2019", "03.04.2019"], formats("%d.%m.%Y")],
    [["2019/11/13"], formats("%Y/%m/%d")],
  ])("%j", (values, expected) => {
    expect(timesOf(values)).toEqual(expected);
  });

  test("not where day and month cannot be told apart", () => {
    expect(timesOf(["01/02/2019", "03/04/2019"])).toEqual({ kind: "ambiguous", example: "01/02/2019" });
  });

  test.each([[["u1"]], [["5", "7"]], [["13/11/2019", "11/13/2019"]], [["2023-11-14", "1700000000"]], [[]]])(
    "%j are no times of one form",
    (values) => {
      expect(timesOf(values)).toBeUndefined();
    },
  );
});
