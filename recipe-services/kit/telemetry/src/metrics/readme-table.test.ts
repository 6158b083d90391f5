import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { labelName, prometheusName } from "./definition.js";
import { instruments } from "./instruments.js";

it("the README's table says what there is", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  const declared = Object.values(instruments).map(({ definition, type }) => {
    const name = `${prometheusName(definition)}${type === "counter" ? "_total" : ""}`;
    const labels = definition.labels.map((label) => `\`${labelName(label)}\``).join(", ");
    return `| \`${name}\` | ${type} | ${labels} | ${definition.description} |`;
  });
  expect(rows).toEqual(declared);
});
