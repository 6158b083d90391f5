import { PalateError } from "@palate/host";
import { amazonSplit, replicaViewOf, resolveHyperparameters, type Checkpoint } from "@palate/recipe";
import type { SequenceModelMetadata } from "@palate/sequence";
import { decodeArtifact } from "@palate/store";
import { userPersonalizationV2 } from "@palate/user-personalization";
import { expect, it } from "vitest";
import { checkerboard, fileOf } from "./training-suite.js";

const { descriptor } = userPersonalizationV2;
const small = { training_seconds: "6", hidden_dimension: "16", max_sequence_length: "10", use_metadata: "false" };

it("trains the network with attention when asked to, and serves what comes of it from a file", async () => {
  const data = checkerboard();
  const published: Checkpoint[] = [];
  const said: string[] = [];
  await userPersonalizationV2.train({
    everything: data,
    fit: amazonSplit(data, 1).fit,
    hyperparameters: resolveHyperparameters(descriptor.hyperparameters, { ...small, network: "attention" }),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: ({ message = "" }) => said.push(message),
    publish: async (checkpoint) => void published.push(checkpoint),
  });
  expect(said.some((message) => message.includes("Training the network"))).toBe(true);
  for (const { deployed } of published) {
    const { mixer } = deployed.metadata["sequence"] as SequenceModelMetadata;
    if (mixer) expect(mixer.body).toBe("attention");
  }
  const replica = replicaViewOf(data);
  const model = userPersonalizationV2.load(
    decodeArtifact(fileOf(userPersonalizationV2, published.at(-1)!), descriptor),
    replica,
  );
  const excluded = new Uint8Array(replica.itemCount);
  const { items } = model.recommend({ user: 0, item: -1, excluded, timestamp: 1_700_100_000, limit: 5 });
  expect(items).toHaveLength(5);
});

it("knows no other networks", () => {
  let error: unknown;
  try {
    resolveHyperparameters(descriptor.hyperparameters, { network: "recurrent" });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PalateError);
  expect(JSON.stringify((error as PalateError).details.violations)).toContain("attention");
});
