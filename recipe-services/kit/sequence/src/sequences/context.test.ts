import { Random, selectTop } from "@palate/numeric";
import { replicaViewOf, trainingDataOf, type InteractionRow, type TrainingData } from "@palate/recipe";
import { loadTensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { fromSequenceArtifact, toSequenceArtifact } from "../model/sequence-artifact.js";
import { trainSequenceModel } from "../model/train-sequence-model.js";
import { sequencesOf } from "../model/train-sequence-recipe.js";
import { initialParameters, parameterSlots, type MixerShape } from "../network/mixer-parameters.js";
import { continuedParameters } from "../network/training-state.js";
import { SequenceServing } from "../serving/sequence-serving.js";
import { columnCode, ColumnReader, countValues } from "./coded-column.js";
import { contextLayoutOf, contextOfData } from "./context-of-data.js";
import { ContextRows, NO_CONTEXT, sameContext, type ContextLayout } from "./position-context.js";

const EVERYTHING = { eventTypes: true, users: true, requests: true };

/** Items of octants: those of octant o are 8 o to 8 o + 7. */
const ITEMS = Array.from({ length: 64 }, (_, item) => `i${item}`);
const octantOf = (type: string, sex: string, device: string): number =>
  (type === "buy" ? 4 : 0) + (sex === "F" ? 2 : 0) + (device === "tv" ? 1 : 0);

/**
 * Nothing but what a user did last, who they are and on which device they look says what comes next: any item of one octant.
 * One in six users is of unknown sex, and chooses as either.
 */
function octants(users: number): TrainingData {
  const random = new Random(11);
  const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)]!;
  const rows: InteractionRow[] = [];
  const sexes: (string | null)[] = [];
  for (let user = 0; user < users; user++) {
    const sex = user % 6 === 5 ? null : pick(["M", "F"]);
    sexes.push(sex);
    let last = pick(["view", "buy"]);
    for (let step = 0; step < 8; step++) {
      const device = pick(["phone", "tv"]);
      const item = ITEMS[8 * octantOf(last, sex ?? pick(["M", "F"]), device) + random.integer(8)]!;
      last = pick(["view", "buy"]);
      rows.push({ user: `u${user}`, item, timestamp: step, eventType: last, context: { DEVICE: device } });
    }
  }
  return { ...trainingDataOf(rows, ITEMS), userAttributes: { SEX: sexes } };
}

describe("what the network is told beside items", () => {
  const data = octants(120);

  it("is what occurs often enough, event types in lower case and the most frequent first", () => {
    const rows: InteractionRow[] = Array.from({ length: 100 }, (_, at) => ({
      ...{ user: `u${at}`, item: "x", timestamp: at, eventType: at % 3 ? "View" : at % 2 ? "buy" : "VIEW" },
      context: { DEVICE: at < 60 ? "phone" : at < 95 ? "tv" : "car", CITY: `c${at}`, SHOP: "only" },
    }));
    rows.push({ user: "u1", item: "x", timestamp: 100, eventType: "rare" });
    const users = {
      SEX: Array.from({ length: 100 }, (_, user) => (user % 2 ? "M" : user % 4 ? "F" : null)),
      AGE: Array.from({ length: 100 }, (_, user) => user),
      NAME: Array.from({ length: 100 }, (_, user) => `name${user}`),
      TAGS: Array.from({ length: 100 }, (_, user) => (user % 2 ? "a|b" : "b|c")),
    };
    const layout = contextLayoutOf({ ...trainingDataOf(rows), userAttributes: users }, EVERYTHING);
    expect(layout.eventTypes).toBeUndefined(); // "buy" occurs 17 times: too rarely.
    expect(layout.request).toEqual([{ name: "DEVICE", values: ["phone", "tv"], several: 1 }, SHOP]);
    const [sex, age, tags, ...rest] = layout.user!;
    expect(rest).toEqual([]);
    expect(sex).toEqual({ name: "SEX", values: ["M", "F"], several: 1 });
    expect(age).toEqual({ name: "AGE", bounds: [10, 20, 30, 40, 50, 60, 70, 80, 90] });
    expect(tags).toEqual({ name: "TAGS", values: ["b", "a", "c"], several: 2 });
    expect(contextLayoutOf(data, EVERYTHING).eventTypes).toEqual(expect.arrayContaining(["buy", "view"]));
  });
  // All but one interaction are in the only shop, and that one says nothing: it tells them apart.
  const SHOP = { name: "SHOP", values: ["only"], several: 1 };

  it("is nothing where the data says nothing, or is not to be looked at", () => {
    expect(
      sameContext(
        contextLayoutOf({ ...data, userAttributes: {} }, { ...EVERYTHING, eventTypes: false, requests: false }),
        NO_CONTEXT,
      ),
    ).toBe(true);
    expect(contextOfData(data, NO_CONTEXT)).toEqual({});
    expect(columnCode("SAME", countValues(["a", "a", "a"]), { least: 1, most: 9 })).toBeUndefined();
    expect(columnCode("EMPTY", countValues([null, "", null]), { least: 1, most: 9 })).toBeUndefined();
  });

  it("is read value by value: what is unknown or new is nothing", () => {
    const reader = new ColumnReader([
      { name: "SEX", values: ["F", "M"], several: 1 },
      { name: "AGE", bounds: [20, 40] },
      { name: "TAGS", values: ["a", "b", "c"], several: 2 },
    ]);
    const read = (values: Record<string, string | number | null>): number[] => {
      const out = new Int16Array(reader.slots);
      reader.read((name) => values[name], out);
      return [...out];
    };
    expect(reader.size).toBe(8);
    expect(read({ SEX: "M", AGE: 20, TAGS: "c|x|a|b" })).toEqual([1, 3, 7, 5]);
    expect(read({ SEX: "X", AGE: "41", TAGS: "b" })).toEqual([-1, 4, 6, -1]);
    expect(read({ AGE: null })).toEqual([-1, -1, -1, -1]);
  });

  it("keeps its meaning when a later training knows more of it", () => {
    const shape = (context: ContextLayout): MixerShape => ({
      ...{ itemCount: 64, width: 16, layers: 1, kernels: 2, length: 8, context },
    });
    const before = shape({ longestGap: 0, eventTypes: ["view", "buy"] });
    const after = shape({ longestGap: 0, eventTypes: ["rent", "buy", "view"] });
    const sequences = sequencesOf(data);
    const parameters = initialParameters(before, sequences, new Random(1)).map((_, at) => at);
    const earlier = { shape: before, parameters, itemOf: (item: number) => item };
    const values = continuedParameters(after, sequences, new Random(2), earlier);
    const rowOf = (of: MixerShape, all: Float32Array, name: string): Float32Array => {
      const { offset } = parameterSlots(of).find((slot) => slot.name === "context")!;
      const row = new ContextRows(of.context!).names().indexOf(name);
      return all.subarray(offset + 16 * row, offset + 16 * (row + 1));
    };
    for (const name of ["event view", "event buy"])
      expect(rowOf(after, values, name)).toEqual(rowOf(before, parameters, name));
    expect(rowOf(after, values, "event rent")).toEqual(new Float32Array(16));
  });
});

const SMALL = { width: 16, layers: 1, kernels: 2, length: 8, tokens: 400, learningRate: 0.02 };

describe.each(BACKENDS)("a network on %s where nothing else tells what comes next", (name) => {
  const data = octants(420);
  let serving: SequenceServing;
  let knowsNewUsers: boolean;

  beforeAll(async () => {
    const backend = await loadTensorBackend({ prefer: name });
    const context = contextLayoutOf(data, EVERYTHING);
    let now = 0;
    const { model } = await trainSequenceModel(
      sequencesOf(data, context),
      { trainingSeconds: 0.6, seed: 5, mixer: SMALL, context },
      backend,
      { clock: () => now++ },
    );
    knowsNewUsers = model.knowsNewUsers;
    const stored = toSequenceArtifact({ itemIds: data.itemIds, model });
    expect(fromSequenceArtifact(stored).model.metadata().mixer?.context).toEqual(context);
    const visitor = {
      ...data,
      userIds: [...data.userIds, "new", "nobody"],
      offsets: Int32Array.of(...data.offsets, data.items.length, data.items.length),
    };
    const SEX = [...data.userAttributes["SEX"]!, "F", null];
    serving = new SequenceServing(stored, replicaViewOf({ ...visitor, userAttributes: { SEX } }));
  });

  /** Which bits of the octants of the eight best items are all the same, and which they are; "-" where they are not. */
  const bits = (user: number, context?: Record<string, string>): string => {
    const scores = serving.scores({ user, timestamp: 100, ...(context && { context }) })!;
    const octantsOfBest = Array.from(selectTop(scores, 8).indices, (item) => item >> 3);
    return [4, 2, 1]
      .map((bit) => octantsOfBest.filter((octant) => (octant & bit) !== 0).length)
      .map((ones) => (ones === 8 ? "1" : ones === 0 ? "0" : "-"))
      .join("");
  };
  const wanted = (user: number, device: string): string => {
    const last = data.offsets[user + 1]! - 1;
    const type = data.eventTypeNames[data.eventTypes[last]!]!;
    return octantOf(type, String(data.userAttributes["SEX"]![user]), device).toString(2).padStart(3, "0");
  };
  const share = (test: (user: number) => boolean): number => {
    const users = Array.from({ length: 200 }, (_, user) => user).filter((user) => user % 6 !== 5);
    return users.filter(test).length / users.length;
  };

  it("goes by the event type, the user's metadata and the request's context together", () => {
    for (const device of ["phone", "tv"])
      expect(
        share((user) => bits(user, { DEVICE: device }) === wanted(user, device)),
        device,
      ).toBeGreaterThan(0.9);
  });

  it("leaves open what it is not told, and a value it does not know is as if not given", () => {
    expect(share((user) => bits(user).startsWith(wanted(user, "tv").slice(0, 2)))).toBeGreaterThan(0.9);
    expect(bits(0, { DEVICE: "toaster" })).toBe(bits(0));
  });

  it("knows users without interactions by their metadata and the context, and others not at all", () => {
    expect(knowsNewUsers).toBe(true);
    expect(bits(420, { DEVICE: "tv" }).slice(1)).toBe("11");
    expect(bits(420, { DEVICE: "phone" }).slice(1)).toBe("10");
    expect(serving.scores({ user: 421, timestamp: 100 })).toBeUndefined();
    expect(serving.scores({ user: -1, timestamp: 100 })).toBeUndefined();
  });
});
