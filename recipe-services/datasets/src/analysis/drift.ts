import type { DuckDBConnection } from "@duckdb/node-api";
import type { ColumnAnalysis, ColumnDrift } from "@palate/proto/dataset";
import { identifier } from "../storage/duckdb.js";
import { countInBins, countValues, valuesOf } from "./figures.js";

/** Share that stands in for an empty range, so that the logarithm stays finite. */
const MIN_SHARE = 1e-4;

/**
 * Population stability index of two distributions over the same classes: the sum of (b - a) · ln(b / a) over their shares
 * (Siddiqi, Credit Risk Scorecards, 2006).
 */
function stabilityIndex(before: readonly number[], after: readonly number[]): number {
  const shares = (counts: readonly number[]) => {
    const sum = counts.reduce((total, count) => total + count, 0);
    return counts.map((count) => Math.max(sum > 0 ? count / sum : 0, MIN_SHARE));
  };
  const [a, b] = [shares(before), shares(after)];
  return a.reduce((total, share, i) => total + (b[i]! - share) * Math.log(b[i]! / share), 0);
}

/** How a column has moved since an earlier import; undefined when nothing can be compared. */
export async function columnDrift(
  connection: DuckDBConnection,
  source: string,
  now: ColumnAnalysis,
  before: ColumnAnalysis,
): Promise<ColumnDrift | undefined> {
  const rowsBefore = before.filled + before.missing;
  const missingBefore = rowsBefore > 0 ? before.missing / rowsBefore : 0;
  const ranges = before.numbers?.histogram ?? [];
  if (now.numbers && ranges.length > 1) {
    const edges = [...ranges.map((bin) => bin.from), ranges.at(-1)!.to];
    const bins = await countInBins(connection, identifier(now.name), source, edges);
    const counts = (list: readonly { readonly count: number }[]) => list.map((bin) => bin.count);
    return { stabilityIndex: stabilityIndex(counts(ranges), counts(bins)), missingBefore };
  }
  if (before.topValues.length > 0 && now.topValues.length > 0) {
    const known = before.topValues.map((entry) => entry.value);
    const after = await countValues(connection, valuesOf(now), source, known);
    const rest = (analysis: ColumnAnalysis, counts: readonly number[]) =>
      Math.max(0, analysis.filled - counts.reduce((sum, count) => sum + count, 0));
    const former = before.topValues.map((entry) => entry.count);
    return {
      stabilityIndex: stabilityIndex([...former, rest(before, former)], [...after, rest(now, after)]),
      missingBefore,
    };
  }
  return { stabilityIndex: 0, missingBefore };
}
