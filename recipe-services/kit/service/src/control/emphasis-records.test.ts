import { CreateSolutionRequest, ObjectiveSensitivity } from "@palate/proto/recipe";
import { describe, expect, it } from "vitest";
import { emphasisRecord, solutionEmphasis } from "./emphasis-records.js";

const weight = (eventType: string, value: number) => ({ eventType, weight: value });
const request = (given: object) => CreateSolutionRequest.fromPartial(given);

describe("what a solution pays attention to", () => {
  it("comes back as it was given", () => {
    const given = request({
      eventsConfig: { eventParametersList: [{ ...weight("buy", 1), eventValueThreshold: 3 }, weight("return", -0.5)] },
      optimizationObjective: {
        itemAttribute: "PRICE",
        objectiveSensitivity: ObjectiveSensitivity.OBJECTIVE_SENSITIVITY_HIGH,
      },
    });
    const { eventsConfig, optimizationObjective } = solutionEmphasis(emphasisRecord(given));
    expect({ eventsConfig, optimizationObjective }).toEqual({
      eventsConfig: given.eventsConfig,
      optimizationObjective: given.optimizationObjective,
    });
    expect(emphasisRecord(request({}))).toEqual({});
  });

  it.each([
    ["no event type", { eventsConfig: { eventParametersList: [] } }, /has 0 entries/],
    ["a type twice", { eventsConfig: { eventParametersList: [weight("buy", 1), weight("Buy", 1)] } }, /comes twice/],
    ["a weight of 2", { eventsConfig: { eventParametersList: [weight("buy", 2)] } }, /weight is 2; .* from -1 to 1/],
    ["nothing positive", { eventsConfig: { eventParametersList: [weight("buy", -1)] } }, /no weight above 0/],
    [
      "two filters",
      { eventType: "buy", eventsConfig: { eventParametersList: [weight("buy", 1)] } },
      /beside event_type/,
    ],
    ["an objective without a column", { optimizationObjective: {} }, /item_attribute is required/],
  ])("is refused with %s", (_, given, message) => {
    expect(() => emphasisRecord(request(given))).toThrow(message);
  });
});
