import { expect, it } from "vitest";
import { nameOf } from "./group-name.js";

it.each([
  ["/data/Ratings (1).csv.gz", "ratings-1"],
  ["ml-1m/ratings.dat", "ratings"],
  ["s3://bucket/orders/2024/", "2024"],
  ["Käufe.csv", "k-ufe"],
  ["???.csv", "data"],
  [`${"long-".repeat(20)}.csv`, "long-long-long-long-long-long-long-long-long-long"],
])("the data of %s is called %s", (file, name) => {
  expect(nameOf(file)).toBe(name);
});
