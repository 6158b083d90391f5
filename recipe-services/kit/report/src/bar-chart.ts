import { chart, legend, MARGIN, plane, WIDTH } from "./axes.js";
import { html, type Html } from "./html.js";
import { shortNumber } from "./numbers.js";

/** A bar chart: groups of bars side by side, one of each series. */
export interface BarChart {
  /** What it shows, for those who do not see it. */
  readonly title: string;
  /** Names of the groups, along the horizontal axis. */
  readonly groups: readonly string[];
  /** Values in the order of the groups. */
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** How values are written. Default as numbers. */
  readonly text?: (value: number) => string;
  /** Height of the chart; default 260. */
  readonly height?: number;
}

/** Bars that begin at 0. */
export function barChart({ title, groups, series, xLabel, yLabel, text = shortNumber, height = 260 }: BarChart): Html {
  const values = series.flatMap((one) => one.values);
  const spanned = { xs: [0, 1], ys: [0, ...values], xLabel, yLabel, height, fromZero: true, scaled: false };
  const { y, axes } = plane({ ...spanned, yText: text });
  const room = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(1, groups.length);
  const width = Math.min(60, (room * 0.72) / Math.max(1, series.length));
  const drawn = html`${axes}
  ${groups.map((group, g) => {
    const middle = MARGIN.left + room * (g + 0.5);
    return html`<text class="group" x="${middle.toFixed(1)}" y="${height - MARGIN.bottom + 19}" text-anchor="middle"
        >${group}</text
      >
      ${series.map(({ name, values: own }, k) => {
        const value = own[g] ?? 0;
        const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))];
        return html`<rect
          class="s${k % 6}"
          x="${(middle + (k - series.length / 2) * width + 1).toFixed(1)}"
          width="${(width - 2).toFixed(1)}"
          y="${top.toFixed(1)}"
          height="${Math.max(0.5, bottom - top).toFixed(1)}"
          rx="1.5"
          ><title>${group}, ${name}: ${text(value)}</title></rect
        >`;
      })}`;
  })}`;
  return html`<figure>${chart(title, height, drawn)}${legend(series.map(({ name }) => name))}</figure>`;
}
