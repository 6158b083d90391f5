import { describe, expect, it } from "vitest";
import { plotCurve } from "./curve.js";

describe("a learning curve", () => {
  it("has the highest value in the top line and the lowest in the bottom one, with seconds from left to right", () => {
    const lines = plotCurve(
      [
        { seconds: 0, value: 0.1 },
        { seconds: 10, value: 0.2 },
      ],
      29,
    ).split("\n");
    expect(lines[0]).toBe(` 0.2000 ┤${" ".repeat(19)}•`);
    expect(lines[7]).toBe(" 0.1000 ┤•");
    expect(lines[8]).toBe(`        └${"─".repeat(20)}`);
    expect(lines[9]).toBe(`         0 s${" ".repeat(13)}10 s`);
    expect(lines).toHaveLength(10);
  });

  it("of one point is that point, and of none is nothing", () => {
    expect(plotCurve([{ seconds: 3, value: 1 }], 80)).toContain("•");
    expect(plotCurve([], 80)).toBe("");
  });
});
