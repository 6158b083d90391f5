import type { PalateError } from "@palate/host";
import { describe, expect, it } from "vitest";
import { resolveHyperparameters, type Hyperparameter } from "./hyperparameters.js";

const parameters: readonly Hyperparameter[] = [
  { name: "count", type: "integer", default: 3, minimum: 0, maximum: 10, description: "", tunable: true },
  { name: "share", type: "continuous", default: 0.5, minimum: 0, maximum: 1, description: "", tunable: true },
  { name: "mask", type: "boolean", default: true, description: "", tunable: false },
  { name: "body", type: "categorical", default: "gru", choices: ["gru", "mixer"], description: "", tunable: false },
  {
    name: "hue",
    type: "text",
    default: "#000",
    form: "a colour such as #0af",
    normalize: (value) => (/^#[0-9a-f]{3}$/i.test(value) ? value.toLowerCase() : undefined),
    description: "",
    tunable: false,
  },
];

describe("resolveHyperparameters", () => {
  it("fills in defaults and converts text", () => {
    const defaults = { count: 3, share: 0.5, mask: true, body: "gru", hue: "#000" };
    expect(resolveHyperparameters(parameters, {})).toEqual(defaults);
    const given = { count: "10", share: "1e-1", mask: "false", body: "mixer", hue: "#0AF" };
    expect(resolveHyperparameters(parameters, given)).toEqual({
      count: 10,
      share: 0.1,
      mask: false,
      body: "mixer",
      hue: "#0af",
    });
  });

  it.each([
    ["count", "2.5", "a whole number from 0 to 10"],
    ["count", "", "a whole number from 0 to 10"],
    ["share", "1.01", "a number from 0 to 1"],
    ["share", "NaN", "a number from 0 to 1"],
    ["mask", "yes", "true or false"],
    ["body", "lstm", "one of gru, mixer"],
    ["hue", "blue", "a colour such as #0af"],
  ])("refuses %s = %j and says what would be right", (name, value, right) => {
    expect(() => resolveHyperparameters(parameters, { [name]: value })).toThrow(right);
  });

  it("lists every problem, unknown names included", () => {
    try {
      resolveHyperparameters(parameters, { count: "99", body: "x", lr: "1" });
      expect.unreachable();
    } catch (error) {
      expect((error as PalateError).details.violations?.map((violation) => violation.field)).toEqual([
        "count",
        "body",
        "lr",
      ]);
    }
  });
});
