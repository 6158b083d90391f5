import { describe, expect, it } from "vitest";
import { barChart } from "./bar-chart.js";
import { html } from "./html.js";
import { lineChart } from "./line-chart.js";
import { shortBytes, shortDuration, shortNumber, shortShare, ticks, timeTicks } from "./numbers.js";

describe("templates", () => {
  it("escape what is put in, and nothing twice", () => {
    const inner = html`<b title="${`"quoted"`}">${"a < b & c"}</b>`;
    expect(html`<p>${inner}${["x", html`<i>y</i>`]}${null}${false}${0}</p>`.text).toBe(
      '<p><b title="&quot;quoted&quot;">a &lt; b &amp; c</b>x<i>y</i>0</p>',
    );
  });
});

describe("numbers", () => {
  it("are as short as they can be read", () => {
    expect([0.123456, 0, 3.14159, 42.42, 421.9, 12345.6, 7, 0.00001234, -0.5, Number.NaN].map(shortNumber)).toEqual([
      "0.1235",
      "0",
      "3.14",
      "42.4",
      "422",
      "12 346",
      "7",
      "1.2e-5",
      "-0.5000",
      "–",
    ]);
    expect([0, 3.21, 42, 60, 200, 7200, 7500].map(shortDuration)).toEqual([
      "0 s",
      "3.2 s",
      "42 s",
      "1 min",
      "3 min 20 s",
      "2 h",
      "2 h 5 min",
    ]);
    expect([12, 1200, 3_400_000].map(shortBytes)).toEqual(["12 bytes", "1.2 kB", "3.4 MB"]);
    expect([0, 0.0123, 0.5].map(shortShare)).toEqual(["0 %", "1.2 %", "50 %"]);
  });

  it("divide an axis at round values within it", () => {
    expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0.163, 0.207, 4)).toEqual([0.18, 0.2]);
    expect(ticks(-3, 12)).toEqual([0, 5, 10]);
    expect(ticks(5, 5)).toEqual([5]);
    expect(timeTicks(0, 116)).toEqual([0, 30, 60, 90]);
    expect(timeTicks(0, 3000)).toEqual([0, 600, 1200, 1800, 2400, 3000]);
    expect(timeTicks(0, 4)).toEqual([0, 1, 2, 3, 4]);
    expect(ticks(0, 1e-7).at(-1)).toBeCloseTo(1e-7, 12);
  });
});

/** Values of an attribute of all elements of a kind. */
function attributes(markup: string, element: string, name: string): number[] {
  return [...markup.matchAll(new RegExp(`<${element}[^>]*? ${name}="([^"]+)"`, "g"))].map(([, value]) => Number(value));
}

describe("charts", () => {
  it("put higher values higher and later ones to the right, within the drawing", () => {
    const points = [3, 1, 2].map((y, x) => ({ x, y }));
    const { text } = lineChart({ title: "t", series: [{ name: "s", points }], xLabel: "x", yLabel: "y" });
    const [xs, ys] = [attributes(text, "circle", "cx"), attributes(text, "circle", "cy")];
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(ys[0]).toBeLessThan(ys[2]!);
    expect(ys[2]).toBeLessThan(ys[1]!);
    for (const y of ys) expect(y).toBeGreaterThan(0);
    expect(text).toContain('aria-label="t"');
  });

  it("draw a single point, and values that are all the same, without a fault", () => {
    for (const points of [
      [{ x: 1, y: 5 }],
      [
        { x: 1, y: 0 },
        { x: 2, y: 0 },
      ],
    ])
      expect(lineChart({ title: "t", series: [{ name: "s", points }], xLabel: "x", yLabel: "y" }).text).not.toMatch(
        /NaN|Infinity/,
      );
    expect(barChart({ title: "t", groups: [], series: [], xLabel: "x", yLabel: "y" }).text).not.toMatch(/NaN|Infinity/);
  });

  it("make bars as high as their values are", () => {
    const series = [{ name: "s", values: [1, 4, 0] }];
    const { text } = barChart({ title: "t", groups: ["a", "b", "c"], series, xLabel: "x", yLabel: "y" });
    const heights = attributes(text, "rect", "height");
    expect(heights[1]! / heights[0]!).toBeCloseTo(4, 1);
    expect(heights[2]).toBeLessThan(1);
  });
});
