import { html, type Html } from "./html.js";
import { shortNumber } from "./numbers.js";

/** A value with its confidence interval. */
export interface Estimate {
  readonly name: string;
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

const WIDTH = 220;
const ROW = 13;

/**
 * A small picture for a table's cell: each value as a dot with its interval as a line, one below the other on a common
 * scale.
 * @param scale what the picture spans; default from 0 (or the minimum) to the maximum
 */
export function intervalBar(estimates: readonly Estimate[], scale?: readonly [number, number]): Html {
  const all = estimates.flatMap(({ value, low = value, high = value }) => [value, low, high]);
  const [from, to] = scale ?? [Math.min(0, ...all), Math.max(0, ...all) || 1];
  const x = (value: number): string => (4 + ((value - from) / (to - from || 1)) * (WIDTH - 8)).toFixed(1);
  return html`<svg
    class="interval"
    viewBox="0 0 ${WIDTH} ${ROW * estimates.length}"
    width="${WIDTH}"
    height="${ROW * estimates.length}"
    aria-hidden="true"
  >
    <line
      class="base"
      x1="${x(Math.max(from, Math.min(to, 0)))}"
      x2="${x(Math.max(from, Math.min(to, 0)))}"
      y1="0"
      y2="${ROW * estimates.length}"
    />
    ${estimates.map(({ name, value, low, high }, k) => {
      const y = ROW * (k + 0.5);
      return html`<g class="s${k % 6}"
        ><title>${name} ${shortNumber(value)}</title>
        ${low !== undefined && high !== undefined && html`<line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" />`}
        <circle cx="${x(value)}" cy="${y}" r="3.5"
      /></g>`;
    })}
  </svg>`;
}
