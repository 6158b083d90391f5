import { chart, legend, MARGIN, plane, WIDTH, type PlaneOptions } from "./axes.js";
import { html, type Html } from "./html.js";
import { shortDuration, shortNumber } from "./numbers.js";

/** A line of a chart. */
interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A line chart. */
export interface LineChart extends Omit<PlaneOptions, "xs" | "ys"> {
  /** What it shows, for those who do not see it. */
  readonly title: string;
  readonly series: readonly Series[];
  /** A level to compare with, drawn across. */
  readonly level?: { readonly name: string; readonly value: number };
  /** Whether points are joined; default true. */
  readonly joined?: boolean;
  /** Whether each point is marked; default when there are at most 40. */
  readonly marks?: boolean;
}

/** Lines over a common horizontal axis, their points with their values to be pointed at. */
export function lineChart({ title, series, level, marks, joined = true, ...options }: LineChart): Html {
  const all = series.flatMap(({ points }) => points);
  const { height, x, y, axes } = plane({
    ...options,
    xs: all.map((point) => point.x),
    ys: [...all.map((point) => point.y), ...(level ? [level.value] : [])],
  });
  const xText = options.xText ?? (options.time === true ? shortDuration : shortNumber);
  const yText = options.yText ?? shortNumber;
  const at = (point: { x: number; y: number }): string => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`;
  const drawn = html`${axes}
  ${
    level &&
    html`<line
        class="level"
        x1="${MARGIN.left}"
        x2="${WIDTH - MARGIN.right}"
        y1="${y(level.value).toFixed(1)}"
        y2="${y(level.value).toFixed(1)}"
        ><title>${level.name} ${yText(level.value)}</title></line
      ><text class="level" x="${WIDTH - MARGIN.right - 4}" y="${(y(level.value) - 5).toFixed(1)}" text-anchor="end"
        >${level.name} ${yText(level.value)}</text
      >`
  }
  ${series.map(({ name, points }, k) => {
    const marked = marks ?? points.length <= 40;
    return html`${joined && html`<polyline class="line s${k % 6}" points="${points.map(at).join(" ")}" />`}
    ${points.map(
      (point) =>
        html`<circle
          class="s${k % 6}"
          r="${marked ? 3.5 : 1.5}"
          cx="${x(point.x).toFixed(1)}"
          cy="${y(point.y).toFixed(1)}"
          ><title>${name}: ${yText(point.y)} at ${xText(point.x)}</title></circle
        >`,
    )}`;
  })}`;
  return html`<figure>${chart(title, height, drawn)}${legend(series.map(({ name }) => name))}</figure>`;
}
