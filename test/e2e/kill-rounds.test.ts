import { expect, it } from "vitest";
import { runKillRounds } from "../support/kill-rounds.js";

it("no acknowledged event is lost, and none counts twice, whatever is killed while they stream", async () => {
  const figures = await runKillRounds(5, 7);
  expect(figures).toMatchObject({ lost: 0, twice: 0, unknown: 0 });
  expect(Object.values(figures.killed).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5);
  expect(figures.breaks).toBeGreaterThan(0);
  expect(figures.acknowledged).toBeGreaterThan(500);
}, 240_000);
