import { ContentMap } from "@palate/features";
import { Random } from "@palate/numeric";
import { loadTensorBackend } from "@palate/tensorflow";
import { describe, expect, it } from "vitest";
import { SequenceModel } from "../model/sequence-model.js";
import { fitRidge } from "../ridge/fit-ridge.js";
import type { Sequences } from "../sequences/sequences.js";
import { initialParameters, type MixerShape } from "./mixer-parameters.js";
import { MixerScorer } from "./mixer-scorer.js";
import { NetworkPair, pairedPaths } from "./network-pair.js";

const random = new Random(3);
const sequences: Sequences = {
  ...{ userCount: 4, itemCount: 20, offsets: Int32Array.of(0, 10, 20, 30, 40) },
  items: Int32Array.from({ length: 40 }, () => random.integer(20)),
};
const context = { longestGap: 20 };
const mixer: MixerShape = { itemCount: 20, width: 32, layers: 2, kernels: 2, length: 8, context };
const attention: MixerShape = { ...mixer, width: 16, layers: 1, body: "attention" };
const drawn = (shape: MixerShape): { shape: MixerShape; parameters: Float32Array } => ({
  shape,
  parameters: initialParameters(shape, sequences, random).map((value) => value + 0.1 * random.normal()),
});
const [one, other] = [drawn(mixer), drawn(attention)];
const history = { items: Int32Array.of(3, 7, 1), times: Float64Array.of(1e9, 1e9 + 60, 1e9 + 9000) };
const now = 1e9 + 9500;
const logitsOf = (scorer: MixerScorer | NetworkPair): Float32Array => {
  const out = new Float32Array(scorer.itemCount);
  scorer.logitsInto(scorer.userState(history, now), out);
  return out;
};

describe("two networks together", () => {
  it("have the mean of their logits, however they are asked", () => {
    const pair = new NetworkPair(one, other);
    const [first, second] = [one, other].map(({ shape, parameters }) => logitsOf(new MixerScorer(shape, parameters)));
    const together = logitsOf(pair);
    together.forEach((logit, item) => expect(logit).toBeCloseTo((first![item]! + second![item]!) / 2, 4));
    const some = new Float32Array(2);
    pair.logitsOf(pair.userState(history, now), Int32Array.of(11, 4), some);
    expect([...some]).toEqual([together[11], together[4]]);
  });

  it("learn new items by what both make of their metadata", () => {
    const pair = new NetworkPair(one, other, true);
    const path = (dimensions: number, bias: number) => ({
      ...{ encoder: undefined as never, bias },
      map: new ContentMap(
        dimensions,
        Float32Array.from({ length: 3 * dimensions }, () => random.normal()),
      ),
    });
    const paths = [path(32, -1), path(16, -3)] as const;
    const both = pairedPaths(...paths);
    const row = { columns: Int32Array.of(1), values: Float32Array.of(2) };
    const item = pair.addItem(both.map.apply(row), both.bias);
    expect(item).toBe(20);
    const alone = [one, other].map(({ shape, parameters }, at) => {
      const scorer = new MixerScorer(shape, parameters, true);
      scorer.addItem(paths[at]!.map.apply(row), paths[at]!.bias);
      return logitsOf(scorer)[20]!;
    });
    expect(logitsOf(pair)[20]).toBeCloseTo((alone[0]! + alone[1]!) / 2, 4);
  });

  it("are stored with a model and read back", async () => {
    const backend = await loadTensorBackend();
    const options = { decays: [{ base: 0.5 }], window: 10, future: 1, lambda: 10 };
    const ridge = await fitRidge(sequences, { kind: "dense", options }, backend);
    const blend = { network: 1, ridge: 0.3 } as const;
    const parts = { ridge, blend, popularity: new Float32Array(20), inverseTemperature: 1 };
    const model = new SequenceModel({ ...parts, mixer: new NetworkPair(one, other) });
    const metadata = JSON.parse(JSON.stringify(model.metadata())) as ReturnType<SequenceModel["metadata"]>;
    const read = SequenceModel.fromTensors(model.toTensors(), metadata);
    const scores = [model, read].map((of) => {
      const out = new Float32Array(20);
      of.scoreAll(history, now, out);
      return out;
    });
    expect(scores[1]).toEqual(scores[0]);
    expect(read.networks.map(({ shape }) => shape.body)).toEqual([undefined, "attention"]);
    expect(read.itemVectors!.width).toBe(48);
  });
});
