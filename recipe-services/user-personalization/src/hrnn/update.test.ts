import { Random } from "@palate/numeric";
import {
  amazonSplit,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type TrainingData,
  type TrainingInput,
} from "@palate/recipe";
import { beforeAll, describe, expect, it } from "vitest";
import { gruSize, initialGruParameters, type GruShape } from "../gru/gru-parameters.js";
import { GruScorer } from "../gru/gru-scorer.js";
import { hrnnMetadata } from "../index.js";
import { fromHrnnArtifact, toHrnnArtifact } from "./hrnn-artifact.js";
import { HrnnModel, type HrnnHistory } from "./hrnn-model.js";
import { fromHrnnState } from "./hrnn-state.js";
import { readMetadata } from "./metadata.js";

const KINDS = ["tea", "coffee", "cocoa"];

/** A shop whose users keep to a kind of item; the items in this order. */
function shop(ids: readonly string[]): TrainingData {
  const rows = Array.from({ length: 30 }, (_, user) => {
    const own = ids.filter((id) => Number(id.slice(1)) % 3 === user % 3);
    return own.map((_item, k) => ({
      user: `u${user}`,
      item: own[(k * (1 + (user % 2)) + user) % own.length]!,
      timestamp: 1_700_000_000 + 3600 * (k + user),
    }));
  });
  const kinds = ids.map((id) => KINDS[Number(id.slice(1)) % 3]!);
  return trainingDataOf(rows.flat(), [...ids], { KIND: kinds });
}

const THEN = Array.from({ length: 18 }, (_, item) => `i${item}`);
/** Another order, one item less, and three new ones. */
const NOW = ["i20", "i19", ...THEN.slice(1).reverse(), "i18"];

/** Settings of a small network that hardly moves from where it starts. */
const SETTINGS = { hidden_dimension: "32", item_dimension: "16", learning_rate: "0.00001", training_seconds: "60" };

async function train(data: TrainingData, more: Partial<TrainingInput> & { settings?: Record<string, string> }) {
  const { settings = SETTINGS, ...input } = more;
  let last: Artifact | undefined;
  await hrnnMetadata.train({
    everything: data,
    fit: amazonSplit(data, 1).fit,
    hyperparameters: resolveHyperparameters(hrnnMetadata.descriptor.hyperparameters, settings),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => void (last = deployed),
    ...input,
  });
  return last!;
}

describe("training mode UPDATE", () => {
  let previous: Artifact;
  let before: HrnnModel;
  beforeAll(async () => {
    const closed = fromHrnnArtifact(await train(shop(THEN), { settings: { ...SETTINGS, training_seconds: "0" } }));
    const data = shop(THEN);
    const { itemFeatures } = await readMetadata(closed.model.parts, data, new AbortController().signal);
    const shape: GruShape = {
      itemCount: 18,
      width: 16,
      hidden: 32,
      itemFeatures: itemFeatures!.width,
      userFeatures: 0,
    };
    const random = new Random(3);
    const initial = initialGruParameters(shape, data.items, random);
    const gru = new GruScorer(
      shape,
      Float32Array.from({ length: gruSize(shape) }, (_, at) => initial[at]! + 0.2 * random.normal()),
      itemFeatures!.values,
    );
    before = new HrnnModel({ ...closed.model.parts, gru, blend: { network: 1, ridge: 0, taste: 0 } });
    previous = toHrnnArtifact({ ...closed, model: before });
  });

  it("goes on with the network of the version before, items matched by their ids", async () => {
    const data = shop(NOW);
    const stop = new AbortController();
    let state: Artifact | undefined;
    const saveState = async (artifact: Artifact): Promise<void> => {
      state = artifact;
      stop.abort();
    };
    await expect(train(data, { previous, saveState, signal: stop.signal })).rejects.toThrow();

    const { network, readers } = fromHrnnState(state!, data.itemIds)!;
    const { itemFeatures } = await readMetadata(readers, data, new AbortController().signal);
    const after = new GruScorer(network.shape, network.adam.parameters, itemFeatures!.values);
    const scoresOf = (scorer: GruScorer, ids: readonly string[]): Map<string, number> => {
      const items = Int32Array.from(["i3", "i6", "i7"], (id) => ids.indexOf(id));
      const history: HrnnHistory = { items, times: Float64Array.of(0, 3600, 7200) };
      const model = new HrnnModel({ ...before.parts, itemCount: ids.length, gru: scorer, content: undefined });
      const out = new Float32Array(ids.length);
      scorer.items.scoresInto(scorer.query(model.state(history)!), out);
      return new Map(ids.map((id, item) => [id, out[item]!]));
    };
    const [were, are] = [scoresOf(before.parts.gru!, THEN), scoresOf(after, data.itemIds)];
    const known = THEN.slice(1);
    const spread = Math.max(...known.map((id) => were.get(id)!)) - Math.min(...known.map((id) => were.get(id)!));
    for (const id of known) expect(Math.abs(are.get(id)! - were.get(id)!), id).toBeLessThan(0.05 * spread);
  });

  it("takes a third of the time, and all of it where the network is to have another size", async () => {
    const secondsWith = async (settings: Record<string, string>): Promise<number> => {
      const stop = new AbortController();
      let seconds = 0;
      const saveState = async (artifact: Artifact): Promise<void> => {
        seconds = fromHrnnState(artifact, NOW)!.network.seconds;
        stop.abort();
      };
      const options = {
        previous,
        saveState,
        signal: stop.signal,
        settings: { ...SETTINGS, training_seconds: "30", ...settings },
      };
      await expect(train(shop(NOW), options)).rejects.toThrow();
      return seconds;
    };
    const [same, other] = [await secondsWith({}), await secondsWith({ hidden_dimension: "48" })];
    expect(same).toBeLessThanOrEqual(10.5);
    expect(other).toBeGreaterThan(10.5);
  });
});
