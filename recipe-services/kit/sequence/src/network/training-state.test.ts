import { Random } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import type { Sequences } from "../sequences/sequences.js";
import { bakeContent } from "./bake-content.js";
import { itemContentOf } from "./item-content.js";
import { initialParameters, type MixerShape } from "./mixer-parameters.js";
import { MixerScorer } from "./mixer-scorer.js";
import { MIXER_DEFAULTS, trainMixer, type MixerPlan, type MixerSnapshot } from "./train-mixer.js";
import { continuedParameters, fromStateArtifact, toStateArtifact, type MixerState } from "./training-state.js";

/** Everybody goes through the items in order, from a place of their own. */
function circle(users: number, itemCount: number): Sequences {
  const items = Array.from({ length: users }, (_, user) =>
    Array.from({ length: 6 }, (_, step) => (user + step) % itemCount),
  ).flat();
  const offsets = Int32Array.from({ length: users + 1 }, (_, user) => 6 * user);
  return { userCount: users, itemCount, offsets, items: Int32Array.from(items) };
}

/** A clock on which every reading is one millisecond later, so that a time budget is a number of steps. */
function countingClock(): () => number {
  let now = 0;
  return () => now++;
}

const sequences = circle(80, 12);
const itemIds = Array.from({ length: 12 }, (_, item) => `item-${item}`);
const options = { ...MIXER_DEFAULTS, width: 16, tokens: 200, length: 8 };

describe.each(BACKENDS)("a training that was killed, on %s", (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
  });

  const run = async (plan: Partial<MixerPlan>): Promise<MixerSnapshot[]> => {
    const snapshots: MixerSnapshot[] = [];
    const whole = { seconds: 0.12, checkpoints: [0.5, 1], seed: 4, ...plan };
    for await (const snapshot of trainMixer(backend, sequences, options, whole, { clock: countingClock() }))
      snapshots.push(snapshot);
    return snapshots;
  };

  it("goes on in another process: no more steps than were left, and no checkpoint twice", async () => {
    const states: MixerState[] = [];
    const [, last] = await run({ keepEvery: 30, keep: async (state) => void states.push(state) });
    const middle = states.at(-1)!;
    const stored = toStateArtifact(middle, itemIds);
    const read = fromStateArtifact({ ...stored, metadata: JSON.parse(JSON.stringify(stored.metadata)) }, itemIds)!;
    expect(read).toEqual(middle);
    const snapshots = await run({ resume: read });
    expect(snapshots.length).toBe(1);
    expect(snapshots[0]!.steps).toBeGreaterThan(middle.adam.steps);
    expect(Math.abs(snapshots[0]!.steps - last!.steps)).toBeLessThan(10);
  });

  it("leaves a state aside that belongs to other items", async () => {
    const states: MixerState[] = [];
    await run({ keepEvery: 30, keep: async (state) => void states.push(state) });
    const stored = toStateArtifact(states[0]!, itemIds);
    expect(fromStateArtifact(stored, [...itemIds, "new"])).toBeUndefined();
    expect(fromStateArtifact(stored, [...itemIds].reverse())).toBeUndefined();
  });
});

describe("a network that continues an earlier one", () => {
  const shape: MixerShape = { itemCount: 12, width: 16, layers: 2, kernels: 4, length: 8 };
  const earlier = initialParameters(shape, sequences, new Random(1)).map((value, at) => value + Math.sin(at));
  const history = { items: Int32Array.of(3, 4, 5) };
  const logits = (of: MixerShape, parameters: Float32Array, items: Int32Array): Float32Array => {
    const scorer = new MixerScorer(of, parameters);
    const out = new Float32Array(of.itemCount);
    scorer.logitsInto(scorer.userState({ items }, NaN), out);
    return out;
  };

  it("thinks of the items it knew what the earlier one thought, with metadata and without, whatever their numbers", async () => {
    // Two items came, one went, and the order is another.
    const oldOf = (item: number): number => (item < 2 ? -1 : 13 - item);
    const now = circle(80, 13);
    const content = await itemContentOf({ KIND: Array.from({ length: 13 }, (_, item) => `k${item % 4}`) }, 13);
    const counts = new Int32Array(13).fill(5);
    const grown = { ...shape, itemCount: 13, content: content!.width };
    const plain = { ...shape, itemCount: 13 };
    const source = { shape, parameters: earlier, itemOf: oldOf };
    const baked = bakeContent(grown, continuedParameters(grown, now, new Random(2), source, content), content!, counts);
    const bare = continuedParameters(plain, now, new Random(2), source);
    const before = logits(shape, earlier, history.items);
    const mine = Int32Array.from(history.items, (item) => 13 - item);
    for (const after of [logits(baked.shape, baked.parameters, mine), logits(plain, bare, mine)])
      for (let item = 2; item < 13; item++) expect(after[item]).toBeCloseTo(before[oldOf(item)]!, 2);
  });

  it("starts anew when it is to have another width", () => {
    const wider = { ...shape, width: 32 };
    const source = { shape, parameters: earlier, itemOf: (item: number) => item };
    expect(continuedParameters(wider, sequences, new Random(5), source)).toEqual(
      initialParameters(wider, sequences, new Random(5)),
    );
  });
});
