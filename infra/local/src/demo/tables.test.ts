import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { sideBySide } from "./tables.js";

const products = (...names: string[]) => names.map((name) => ({ name, note: "0.5" }));

describe("lists side by side", () => {
  it("fit the terminal, with long names cut", () => {
    const long = "A very long product name that nobody would ever read to its end";
    const lists = [1, 2, 3].map((n) => ({ title: `List ${n}`, products: products(long, "Lamp") }));
    const lines = stripVTControlCharacters(sideBySide(lists, 100)).split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines.join("\n")).toContain("A very long product");
    expect(lines.join("\n")).toContain("…");
  });

  it("leave room where one list is shorter", () => {
    const table = sideBySide(
      [
        { title: "One", products: products("Lamp") },
        { title: "Two", products: products("Clock", "Vase") },
      ],
      80,
    );
    expect(stripVTControlCharacters(table)).toMatch(/│\s+│ Vase/);
  });
});
