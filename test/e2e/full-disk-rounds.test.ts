import { expect, it } from "vitest";
import { runFullDiskRounds } from "../support/full-disk-rounds.js";

it("nothing acknowledged is lost and all heals when every process is killed while a disk fills and empties", async (test) => {
  const figures = await runFullDiskRounds(2, 7);
  if (figures === undefined) return test.skip("a disk cannot be mounted");
  expect(figures).toMatchObject({ lost: 0, twice: 0 });
  expect(Object.keys(figures.killed).sort()).toEqual(["datasets", "gateway", "mongodb", "popularity"]);
  expect(figures.acknowledged).toBeGreaterThan(200);
}, 600_000);
