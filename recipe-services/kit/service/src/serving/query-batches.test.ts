import type { QueryContext, ServingModel } from "@palate/recipe";
import { expect, it } from "vitest";
import { QueryBatches } from "./query-batches.js";
import type { LoadedModel } from "./serving-hub.js";

const queryContextOf = (user: number): QueryContext => ({ user, timestamp: 1_000 });

/** A model that is ready for so many queries at once, and what it was told and asked, in order. */
function recorder(atOnce: number, prepare?: ServingModel["prepare"]) {
  const calls: string[] = [];
  const model = {
    prepare: (moments: readonly QueryContext[]) => {
      const taken = Math.min(atOnce, moments.length);
      calls.push(`ready for ${moments.slice(0, taken).map(({ user }) => user)}`);
      return taken;
    },
    ...(prepare && { prepare }),
  } as ServingModel;
  const loaded = { model } as LoadedModel;
  const batches = new QueryBatches();
  const ask = (user: number, from = loaded): Promise<number> =>
    Promise.resolve(
      batches.answer(
        from,
        () => queryContextOf(user),
        () => {
          calls.push(`asked about ${user}`);
          if (user < 0) throw new RangeError("nobody");
          return 10 * user;
        },
      ),
    );
  return { calls, ask, batches };
}

it("tells a model of the queries of a turn before they are asked, as many at a time as it is ready for", async () => {
  const { calls, ask } = recorder(2);
  expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual([10, 20, 30]);
  expect(calls).toEqual(["ready for 1,2", "asked about 1", "asked about 2", "asked about 3"]);
  expect(await ask(4)).toBe(40);
  expect(calls.slice(4)).toEqual(["asked about 4"]);
});

it("keeps models apart, and answers of those that make nothing of several do not wait", async () => {
  const { calls, ask, batches } = recorder(4);
  const other = { model: { prepare: (moments) => moments.length } as ServingModel } as LoadedModel;
  const answers = [ask(1), ask(2, other), ask(3)];
  expect(calls).toEqual([]);
  const plain = { model: {} as ServingModel } as LoadedModel;
  expect(
    batches.answer(
      plain,
      () => queryContextOf(5),
      () => "at once",
    ),
  ).toBe("at once");
  await Promise.all(answers);
  expect(calls).toEqual(["ready for 1,3", "asked about 1", "asked about 3", "asked about 2"]);
});

it("refuses a query that fails and no other", async () => {
  const { ask } = recorder(4);
  const answers = await Promise.allSettled([ask(1), ask(-1), ask(2)]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const broken = recorder(4, () => {
    throw new Error("cannot");
  });
  const failed = await Promise.allSettled([broken.ask(1), broken.ask(2)]);
  // The other is alone by then, and asked about without being told of.
  expect(failed.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(await broken.ask(3)).toBe(30);
});
