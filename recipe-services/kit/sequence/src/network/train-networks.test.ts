import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import type { Sequences } from "../sequences/sequences.js";
import { MIXER_DEFAULTS } from "./train-mixer.js";
import {
  networkStages,
  suitableState,
  trainNetworks,
  type NetworkChoice,
  type NetworksPlan,
  type NetworksSnapshot,
  type TrainedNetworks,
} from "./train-networks.js";
import { fromStateArtifact, toStateArtifact, type MixerState } from "./training-state.js";

/** Everybody goes through the items in order, from a place of their own. */
function circle(users: number, itemCount: number): Sequences {
  const items = Array.from({ length: users }, (_, user) =>
    Array.from({ length: 6 }, (_, step) => (user + step) % itemCount),
  ).flat();
  const offsets = Int32Array.from({ length: users + 1 }, (_, user) => 6 * user);
  return { userCount: users, itemCount, offsets, items: Int32Array.from(items) };
}

const sequences = circle(80, 12);
const itemIds = Array.from({ length: 12 }, (_, item) => `item-${item}`);
const options = { ...MIXER_DEFAULTS, width: 16, layers: 1, tokens: 200, length: 8, context: { longestGap: 0 } };
const stages = [
  { body: undefined, share: 0.5 },
  { body: "attention", share: 0.5 },
] as const;

describe("training one network after another", { timeout: 180_000 }, () => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend();
  });

  /** On a clock on which every reading is so many milliseconds later, so that a time budget is a number of steps. */
  const run = async (plan: Partial<NetworksPlan>, each = 1) => {
    let tick = 0;
    const trained: (TrainedNetworks & Pick<NetworksSnapshot, "steps">)[] = [];
    const whole = { stages, seconds: 0.12, seed: 1, earlier: [], ...plan };
    const computation = { clock: () => (tick += each) };
    for await (const next of trainNetworks(backend, sequences, options, whole, computation))
      trained.push({ ...next.build(), steps: next.steps });
    return { trained, ticks: tick };
  };
  const bodies = ({ scorer }: TrainedNetworks): unknown[] => scorer.networks.map(({ shape }) => shape.body);
  const nextOf = ({ scorer }: TrainedNetworks): number => {
    const out = new Float32Array(12);
    scorer.logitsInto(scorer.userState({ items: Int32Array.of(3, 4, 5) }, NaN), out);
    return out.indexOf(Math.max(...out));
  };

  it("gives the first, then both together, which know what comes next", async () => {
    const { trained, ticks } = await run({});
    expect(trained.map(bodies)).toEqual([[undefined], [undefined, "attention"]]);
    expect(trained.map(nextOf)).toEqual([6, 6]);
    expect(trained[1]!.steps).toBeGreaterThan(1.5 * trained[0]!.steps);
    expect(ticks).toBeLessThan(140);
  });

  it("goes on with the second one where an attempt before was ended, with the first as it was", async () => {
    const states: MixerState[] = [];
    const stop = new AbortController();
    const keep = async (state: MixerState): Promise<void> => {
      states.push(state);
      if (state.before) stop.abort();
    };
    // States are kept every two seconds at most: each step takes half a second here.
    let tick = 0;
    const plan = { stages, seconds: 30, seed: 1, earlier: [], keep };
    const computation = { clock: () => (tick += 500), signal: stop.signal };
    const first: TrainedNetworks[] = [];
    await expect(async () => {
      for await (const next of trainNetworks(backend, sequences, options, plan, computation)) {
        first.push(next.build());
      }
    }).rejects.toThrow();
    const kept = toStateArtifact(states.at(-1)!, itemIds);
    const read = fromStateArtifact({ ...kept, metadata: JSON.parse(JSON.stringify(kept.metadata)) }, itemIds)!;
    expect(read).toEqual(states.at(-1));
    const resume = suitableState(read, sequences, options, stages)!;
    expect(resume).toBe(read);
    expect(suitableState(read, sequences, options, networkStages("mixer", 30, sequences, backend))).toBeUndefined();
    const { trained } = await run({ resume }, 500);
    expect(trained.map(bodies)).toEqual([[undefined, "attention"]]);
    expect(trained[0]!.scorer.networks[0]!.parameters).toEqual(first[0]!.scorer.networks[0]!.parameters);
  });

  it("continues each network by the one of its kind", async () => {
    const { trained } = await run({});
    const itemOf = (item: number): number => item;
    const earlier = trained[1]!.scorer.networks.map((network) => ({ ...network, itemOf }));
    const { trained: again } = await run({ seconds: 0.01, earlier });
    expect(again.map(nextOf)).toEqual([6, 6]);
  });

  it("trains both where it is asked to, or there is much time for the data on its backend", () => {
    const bodiesOf = (
      choice: NetworkChoice,
      seconds: number,
      interactions: number,
      { gpu = false, name = "native" }: { readonly gpu?: boolean; readonly name?: TensorBackend["name"] } = {},
    ) => {
      const data = { ...sequences, items: new Int32Array(interactions) };
      const tf = { ...backend.tf, backend: () => ({ isUsingGpuDevice: gpu }) } as unknown as TensorBackend["tf"];
      return networkStages(choice, seconds, data, { ...backend, name, tf }).map(({ body }) => body ?? "mixer");
    };
    const both = ["mixer", "attention"];
    expect(bodiesOf("auto", 300, 1000)).toEqual(["mixer"]);
    expect(bodiesOf("auto", 1200, 1e6)).toEqual(both);
    expect(bodiesOf("auto", 1200, 2e6)).toEqual(["mixer"]);
    expect(bodiesOf("auto", 1200, 1000, { name: "wasm" })).toEqual(["mixer"]);
    expect(bodiesOf("auto", 4800, 1000, { name: "wasm" })).toEqual(both);
    expect(bodiesOf("auto", 300, 1000, { gpu: true })).toEqual(both);
    expect(bodiesOf("auto", 300, 5e6, { gpu: true })).toEqual(["mixer"]);
    expect(bodiesOf("auto", 30, 1000, { gpu: true })).toEqual(["mixer"]);
    expect(bodiesOf("both", 10, 1000)).toEqual(both);
    expect(bodiesOf("attention", 10, 1000)).toEqual(["attention"]);
    expect(bodiesOf("mixer", 9000, 1000, { gpu: true })).toEqual(["mixer"]);
  });
});
