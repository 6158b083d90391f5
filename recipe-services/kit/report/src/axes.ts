import { html, type Html } from "./html.js";
import { shortDuration, shortNumber, ticks, timeTicks } from "./numbers.js";

/** Width of every chart in its own units, which are pixels in a column of half a page; it is drawn as wide as its column. */
export const WIDTH = 480;
/** Room for labels around the plot. */
export const MARGIN = { top: 14, right: 18, bottom: 42, left: 62 };

/** A chart's plane: where values lie on it. */
export interface Plane {
  readonly height: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Grid, ticks and labels, to be drawn first. */
  readonly axes: Html;
}

/** What a plane spans. */
export interface PlaneOptions {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Height of the chart; default 260. */
  readonly height?: number;
  /** Whether the vertical axis begins at 0. Default false: it begins a little below the least value. */
  readonly fromZero?: boolean;
  /** Whether the horizontal axis has a scale; default true. Without one the caller draws the labels. */
  readonly scaled?: boolean;
  /** Whether the horizontal axis is time in seconds; it then begins at 0 and is divided as a clock is. Default false. */
  readonly time?: boolean;
  /** How values on the horizontal axis are written. Default as numbers. */
  readonly xText?: (value: number) => string;
  /** How values on the vertical axis are written. Default as numbers. */
  readonly yText?: (value: number) => string;
}

/** A tick's value: it is a round number, so it needs no rounding or padding. */
function tickText(value: number): string {
  return Math.abs(value) >= 1000 ? shortNumber(value) : String(value);
}

/** Minimum and maximum of some values, widened where they are equal. */
function rangeOf(values: readonly number[], room: number): [number, number] {
  const known = values.filter(Number.isFinite);
  const low = known.reduce((least, value) => Math.min(least, value), Infinity);
  const high = known.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!(high >= low)) return [0, 1];
  if (high === low) return [low - (Math.abs(low) / 10 || 0.5), high + (Math.abs(high) / 10 || 0.5)];
  return [low - room * (high - low), high + room * (high - low)];
}

/** A plane that holds all the values, with its axes. */
export function plane(options: PlaneOptions): Plane {
  const { xs, ys, xLabel, yLabel, height = 260, fromZero = false, scaled = true } = options;
  const { time = false, xText = time ? shortDuration : tickText, yText = tickText } = options;
  const [left, right] = rangeOf(time ? [0, ...xs] : xs, 0);
  const [low, high] = rangeOf(ys, 0.06);
  const bottom = fromZero ? Math.min(0, low) : low;
  const x = (value: number): number =>
    MARGIN.left + ((value - left) / (right - left)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    height - MARGIN.bottom - ((value - bottom) / (high - bottom)) * (height - MARGIN.top - MARGIN.bottom);
  const floor = height - MARGIN.bottom;
  const axes = html`<g class="axes">
    ${ticks(bottom, high).map(
      (value) =>
        html`<line
            class="grid"
            x1="${MARGIN.left}"
            x2="${WIDTH - MARGIN.right}"
            y1="${y(value).toFixed(1)}"
            y2="${y(value).toFixed(1)}"
          /><text x="${MARGIN.left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${yText(value)}</text>`,
    )}
    ${(scaled ? (time ? timeTicks : ticks)(left, right, 5) : []).map(
      (value) =>
        html`<line
            class="tick"
            x1="${x(value).toFixed(1)}"
            x2="${x(value).toFixed(1)}"
            y1="${floor}"
            y2="${floor + 5}"
          /><text x="${x(value).toFixed(1)}" y="${floor + 19}" text-anchor="middle">${xText(value)}</text>`,
    )}
    <line class="base" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${floor}" y2="${floor}" />
    <text class="label" x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${height - 5}" text-anchor="middle"
      >${xLabel}</text
    >
    <text class="label" transform="translate(13 ${(MARGIN.top + floor) / 2}) rotate(-90)" text-anchor="middle"
      >${yLabel}</text
    >
  </g>`;
  return { height, x, y, axes };
}

/** A chart around what is drawn on its plane. `title` is read out to those who do not see it. */
export function chart(title: string, height: number, drawn: Html): Html {
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">${drawn}</svg>`;
}

/** Names of series with their colours; none for a single one. */
export function legend(names: readonly string[]): Html {
  if (names.length < 2) return html``;
  return html`<p class="legend">
    ${names.map((name, k) => html`<span><i class="swatch s${k % 6}"></i>${name}</span> `)}
  </p>`;
}
