import { replayOf, trainingDataOf, type Query, type RankedItems } from "@palate/recipe";
import { expect, test } from "vitest";
import { toArtifact } from "./artifact.js";
import { load } from "./serve.js";

const HOUR = 3600;
const START = 1_700_006_400;
const at = (hour: number): number => START + Math.round(hour * HOUR);

/** "old" was popular long ago; "steady" has ten an hour for two days; in the last two hours "burst" and "new" have thirty. */
const rows = Array.from({ length: 700 }, (_, k) => ({ user: `o${k}`, item: "old", timestamp: at(-1000) + k }));
for (let hour = 0; hour < 48; hour++) {
  const add = (item: string, count: number): void => {
    for (let k = 0; k < count; k++)
      rows.push({ user: `${item}${hour}-${k}`, item, timestamp: at(hour + (k + 0.5) / count) });
  };
  add("steady", 10);
  add("other", 8);
  add("burst", hour >= 46 ? 30 : 3);
  if (hour >= 46) add("new", 30);
}
const data = trainingDataOf(rows, ["untouched"]);
const artifact = toArtifact({ intervalSeconds: HOUR, minimumSupport: 5, minimumRise: 1.2, dispersion: 0 });

/** A model on a replica that the clock of the test moves. */
function served() {
  const replica = replayOf(data);
  const model = load(artifact, replica);
  const ask = (timestamp: number, change: Partial<Query> = {}): RankedItems =>
    model.recommend({ user: -1, item: -1, limit: 10, excluded: new Uint8Array(10), timestamp, ...change });
  const idsOf = ({ items }: RankedItems): string[] => Array.from(items, (item) => replica.itemId(item));
  const risingOf = (answer: RankedItems): string[] =>
    idsOf(answer).filter((_, k) => (answer.reasons?.[k] ?? "model") === "model");
  return { replica, model, ask, idsOf, risingOf };
}

test("goes with the stream and the moment of the query: new items and bursts count at once, without training", () => {
  const { replica, ask, idsOf, risingOf } = served();
  replica.advance(at(46));
  expect(risingOf(ask(at(46)))).toEqual([]);
  replica.advance(at(47));
  const answer = ask(at(47));
  expect(risingOf(answer)).toEqual(["new", "burst"]);
  expect(idsOf(answer)).toEqual(["new", "burst", "steady", "other", "old"]);
  expect(answer.reasons).toEqual(["model", "model", "popular", "popular", "popular"]);
  expect([...answer.scores!.subarray(2)]).toEqual([0, 0, 0]);
});

test("popular items, and says so, when the last two intervals are empty", () => {
  const { replica, ask, idsOf } = served();
  replica.advance(Infinity);
  const { reasons, ...answer } = ask(at(50));
  expect(idsOf(answer)).toEqual(["old", "steady", "other", "burst", "new"]);
  expect(new Set(reasons)).toEqual(new Set(["popular"]));
});

test("starts from what the replica holds already", () => {
  const replica = replayOf(data);
  replica.advance(Infinity);
  const model = load(artifact, replica);
  const { items, reasons } = model.recommend({
    user: -1,
    item: -1,
    limit: 2,
    excluded: new Uint8Array(10),
    timestamp: at(48),
  });
  expect(Array.from(items, (item) => replica.itemId(item)).sort()).toEqual(["burst", "new"]);
  expect(reasons, "no placeholders").toBeUndefined();
});

test("leaves out what is excluded, rising or not, and what follows moves up", () => {
  const { replica, ask, idsOf } = served();
  replica.advance(at(48));
  const excluded = new Uint8Array(10);
  for (const id of ["new", "other"]) excluded[replica.itemIndex(id)] = 1;
  expect(idsOf(ask(at(48), { excluded }))).toEqual(["burst", "steady", "old"]);
});

test("a query about another moment does not spoil the next one", () => {
  const { replica, ask, risingOf } = served();
  replica.advance(at(48));
  const before = risingOf(ask(at(48)));
  ask(at(1e6));
  ask(0);
  expect(risingOf(ask(at(48)))).toEqual(before);
});

test("a closed model listens no more", () => {
  const { replica, model, ask, risingOf } = served();
  replica.advance(at(46));
  model.close!();
  replica.advance(at(48));
  expect(risingOf(ask(at(48)))).toEqual([]);
});
