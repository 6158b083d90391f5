import { resolveHyperparameters } from "@palate/recipe";
import { expect, test } from "vitest";
import { intervalSeconds, normalizeInterval } from "./interval.js";
import { descriptor } from "./recipe.js";

test.each([
  ["30 minutes", "30 minutes", 1800],
  ["1 hour", "1 hour", 3600],
  ["3 hours", "3 hours", 10_800],
  ["1 day", "1 day", 86_400],
  ["  2 DAYS ", "2 days", 172_800],
  ["45 minute", "45 minutes", 2700],
  ["90minutes", "90 minutes", 5400],
  ["365 days", "365 days", 31_536_000],
])("%j is %j, %d seconds", (text, normal, seconds) => {
  expect(normalizeInterval(text)).toBe(normal);
  expect(intervalSeconds(text)).toBe(seconds);
});

test.each(["", "hour", "0 hours", "-1 days", "1.5 hours", "3 weeks", "366 days", "3 hours ago", "1e3 hours"])(
  "%j is refused, and the message says what would be right",
  (text) => {
    expect(normalizeInterval(text)).toBeUndefined();
    expect(() => intervalSeconds(text)).toThrow(/number of minutes, hours or days/);
    const given = { trend_discovery_frequency: text };
    expect(() => resolveHyperparameters(descriptor.hyperparameters, given)).toThrow(/minutes, hours or days/);
  },
);
