import { Random } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import type { Sequences } from "../sequences/sequences.js";
import { RidgeForms } from "./ridge-forms.js";

/** Histories of twelve at random. */
function dense(itemCount: number): Sequences {
  const random = new Random(1);
  return {
    userCount: 30,
    itemCount,
    offsets: Int32Array.from({ length: 31 }, (_, user) => 12 * user),
    items: Int32Array.from({ length: 360 }, () => random.integer(itemCount)),
  };
}

/** A clock on which every reading is so many milliseconds later. */
function clockOf(step: number): () => number {
  let now = 0;
  return () => (now += step);
}

describe("the choice of ridge as time allows", () => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: "auto" });
  });

  it.each([
    { words: "is two blocks where there is time", trainingSeconds: 300, quick: "dense", decays: 2 },
    { words: "is one block where two would take most of the time", trainingSeconds: 3.5, quick: "dense", decays: 1 },
    { words: "is sparse where one would", trainingSeconds: 0.5, quick: "sparse", decays: 1 },
    { words: "is two blocks where time does not matter", trainingSeconds: 0, quick: "dense", decays: 2 },
  ])("$words", async ({ trainingSeconds, quick, decays }) => {
    const sequences = dense(1500);
    const forms = new RidgeForms(sequences, trainingSeconds, backend, { clock: clockOf(100) });
    const first = (await forms.quick(sequences))!;
    expect(first.kind).toBe(quick);
    expect(first.options.decays).toHaveLength(1);
    expect(forms.best.kind).toBe(quick);
    expect(forms.best.options.decays).toHaveLength(decays);
  });

  it("goes on with the next one when a fit takes too long, and stays with that", async () => {
    const sequences = dense(1500);
    let step = 0.001;
    const readings = clockOf(1);
    const forms = new RidgeForms(sequences, 10, backend, { clock: () => step * readings() });
    expect((await forms.quick(sequences))!.kind).toBe("dense");
    step = 1000;
    expect((await forms.fit(sequences)).kind).toBe("sparse");
    expect((await forms.refit(sequences)).kind).toBe("sparse");
  });

  it("has a sparse one at once where a dense one takes long, and none where the best is as quick", async () => {
    const large = dense(5_001);
    const quick = await new RidgeForms(large, 0, backend, {}).quick(large);
    expect(quick!.kind).toBe("sparse");
    for (const itemCount of [40, 11_000]) {
      const sequences = dense(itemCount);
      expect(await new RidgeForms(sequences, 0, backend, {}).quick(sequences)).toBeUndefined();
    }
  });

  it("is not asked for after a stop", async () => {
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    const sequences = dense(1500);
    await expect(new RidgeForms(sequences, 300, backend, { signal }).quick(sequences)).rejects.toThrow("no longer");
  });
});
