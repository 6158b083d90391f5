import { describe, expect, it } from "vitest";
import { schedulingExpression, trainingInterval } from "./schedule.js";

describe("trainingInterval", () => {
  it("reads Amazon Personalize's form and writes it in the largest unit that fits", () => {
    expect(trainingInterval()).toBe(7 * 86_400_000);
    expect(trainingInterval("rate(1 hour)")).toBe(3_600_000);
    expect(schedulingExpression(trainingInterval("rate(90 minutes)"))).toBe("rate(90 minutes)");
    expect(schedulingExpression(trainingInterval("rate(24 hours)"))).toBe("rate(1 day)");
  });

  it("refuses other forms and what is too short or too long", () => {
    for (const expression of ["7 days", "rate(7)", "rate(0 days)", "rate(59 minutes)", "rate(366 days)"])
      expect(() => trainingInterval(expression)).toThrow(/must be "rate\(7 days\)"/);
  });
});
