import { Random } from "@palate/numeric";
import { loadTensorBackend } from "@palate/tensorflow";
import { expect, it } from "vitest";
import { sequencesOf } from "../../testing/sequences.js";
import { initialParameters, type MixerShape } from "../network/mixer-parameters.js";
import { NetworkPair } from "../network/network-pair.js";
import { ContentRidge } from "../ridge/content-ridge.js";
import { fitRidge, RIDGE_SPARSE } from "../ridge/fit-ridge.js";
import { SequenceModel } from "./sequence-model.js";

it("has the names that models stored by earlier versions have", async () => {
  const sequences = sequencesOf([[0, 1, 2]], 3);
  const sparse = await fitRidge(sequences, { kind: "sparse", options: RIDGE_SPARSE }, await loadTensorBackend());
  const empty = { offsets: new Int32Array(4), columns: new Int32Array(0), values: new Float32Array(0) };
  const ridge = new ContentRidge(sparse, { similarities: empty, weight: 0.25 });
  const shape: MixerShape = { itemCount: 3, width: 16, layers: 1, kernels: 1, length: 4 };
  const [one, other] = [shape, { ...shape, body: "attention" as const }].map((of) => ({
    shape: of,
    parameters: initialParameters(of, sequences, new Random(1)),
  }));
  const model = new SequenceModel({
    ...{ ridge, mixer: new NetworkPair(one!, other!), popularity: new Float32Array(3) },
    ...{ blend: { network: 1, ridge: 0.5 }, inverseTemperature: 0.7 },
  });
  expect(model.metadata()).toEqual({
    ...{ format: 1, itemCount: 3, blend: { network: 1, ridge: 0.5 }, sharpness: 0.7 },
    ridge: { kind: "sparse", options: RIDGE_SPARSE, scale: 1, alike: 0.25 },
    ...{ mixer: shape, second: other!.shape },
  });
  const gated = ["gate", "value", "out"];
  expect([...model.toTensors().keys()].sort()).toEqual(
    [
      ...["gram", "cross", "alike"].flatMap((name) =>
        ["starts", "columns", "values"].map((part) => `ridge.${name}.${part}`),
      ),
      "popularity",
      ...["items", "bias", "0.positions", "0.mix", ...gated.map((name) => `0.${name}`), "gain"].map(
        (n) => `mixer.${n}`,
      ),
      ...["items", "bias", "0.project", "0.distances", "0.merge", ...gated.map((name) => `0.${name}`), "gain"].map(
        (name) => `second.${name}`,
      ),
    ].sort(),
  );
});
