/** A point of a learning curve. */
export interface CurvePoint {
  readonly seconds: number;
  readonly value: number;
}

const HEIGHT = 8;
const NARROWEST = 20;
/** Room for the values at the left: "0.1234 ┤". */
const MARGIN = 9;

/**
 * A learning curve as lines of text: values upwards, seconds to the right.
 * @param width characters that a line may have
 */
export function plotCurve(points: readonly CurvePoint[], width: number): string {
  if (points.length === 0) return "";
  const columns = Math.max(NARROWEST, Math.min(60, width - MARGIN));
  const values = points.map(({ value }) => value);
  const times = points.map(({ seconds }) => seconds);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const place = (value: number, from: number, to: number, places: number) =>
    to === from ? 0 : Math.round(((value - from) / (to - from)) * (places - 1));
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(columns).fill(" "));
  for (const { seconds, value } of points) {
    const row = grid[HEIGHT - 1 - place(value, low, high, HEIGHT)];
    if (row) row[place(seconds, first, last, columns)] = "•";
  }
  const label = (row: number) => (row === 0 ? high : row === HEIGHT - 1 ? low : undefined);
  const lines = grid.map((row, i) => {
    const text =
      label(i)
        ?.toPrecision(4)
        .slice(0, MARGIN - 2) ?? "";
    return `${text.padStart(MARGIN - 2)} ${text === "" ? "│" : "┤"}${row.join("").trimEnd()}`;
  });
  const [start, end] = [`${first.toFixed(0)} s`, `${last.toFixed(0)} s`];
  const axis = `${" ".repeat(MARGIN - 1)}└${"─".repeat(columns)}`;
  const scale = `${" ".repeat(MARGIN)}${start}${end.padStart(Math.max(1, columns - start.length))}`;
  return [...lines, axis, scale].join("\n");
}
