import { ContentEncoder, ContentMap } from "@palate/features";
import { Random, runCooperatively } from "@palate/numeric";
import { loadTensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { sequencesOf } from "../../testing/sequences.js";
import { initialParameters, type MixerShape } from "../network/mixer-parameters.js";
import { MixerScorer } from "../network/mixer-scorer.js";
import { fitRidge, RIDGE_SPARSE } from "../ridge/fit-ridge.js";
import type { Validation } from "./blend-validation.js";
import { Candidates, type CandidateNetwork, type RidgePair, type SequenceCheckpoint } from "./candidates.js";
import { TrainingSchedule } from "./training-schedule.js";

const sequences = sequencesOf([[0, 1, 2]], 3);
const validated = (ndcg10: number): Validation => ({
  ...{ users: 10, hitRate10: ndcg10, ndcg10 },
  ...{ blend: { network: 0, ridge: 1 }, inverseTemperature: 0.7 },
});

describe("the candidates of a training", () => {
  let ridges: RidgePair;
  let network: CandidateNetwork;
  let withContent: CandidateNetwork;
  beforeAll(async () => {
    const form = { kind: "sparse", options: RIDGE_SPARSE } as const;
    const served = await fitRidge(sequences, form, await loadTensorBackend());
    ridges = { served, evaluation: served };
    const shape: MixerShape = { itemCount: 3, width: 16, layers: 1, kernels: 1, length: 4 };
    const mixer = new MixerScorer(shape, initialParameters(shape, sequences, new Random(1)));
    network = { mixer, path: undefined, knowsNewUsers: false, blend: { network: 1, ridge: 0.3 }, steps: 4 };
    const encoder = await runCooperatively(ContentEncoder.fit({ KIND: ["a", "b", "a"] }, {}));
    const map = new ContentMap(16, new Float32Array(16 * (encoder.width + 1)));
    withContent = { ...network, path: { encoder, map, bias: 0 } };
  });

  /** What is published of the offers, by step and quality. */
  async function published(...offers: readonly ((to: Candidates) => Promise<void>)[]): Promise<(number | undefined)[]> {
    const seen: SequenceCheckpoint[] = [];
    const schedule = new TrainingSchedule(1, () => 0);
    const candidates = new Candidates(new Float32Array(3), schedule, (checkpoint) => void seen.push(checkpoint));
    for (const offer of offers) await offer(candidates);
    expect(candidates.best).toBe(seen.at(-1));
    return seen.map(({ validation }) => validation?.ndcg10);
  }

  it("publishes what is better than all before, in the order in which it comes", async () => {
    const quality = (ndcg10: number) => (to: Candidates) => to.offer(ridges, validated(ndcg10), network);
    expect(await published(quality(0.1), quality(0.3), quality(0.2), quality(0.3), quality(0.4))).toEqual([
      0.1, 0.3, 0.4,
    ]);
  });

  it("publishes a ridge before it is validated, but none in place of a validated model", async () => {
    const early = (to: Candidates): Promise<void> => to.offerUnvalidated(ridges);
    const first = (to: Candidates): Promise<void> => to.offer(ridges, validated(0));
    expect(await published(early, early, first, early)).toEqual([undefined, undefined, 0]);
  });

  it("takes a model that knows new items for one that does not even if it is a little worse, once", async () => {
    const plain = (ndcg10: number) => (to: Candidates) => to.offer(ridges, validated(ndcg10), network);
    const content = (ndcg10: number) => (to: Candidates) => to.offer(ridges, validated(ndcg10), withContent);
    expect(await published(plain(0.5), content(0.48), content(0.495), content(0.49))).toEqual([0.5, 0.495]);
  });
});
