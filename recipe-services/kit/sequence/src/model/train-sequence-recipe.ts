import { metadataTerms } from "@palate/features";
import { failedPrecondition } from "@palate/host";
import { runCooperatively } from "@palate/numeric";
import type { Artifact, Objective, TrainingData, TrainingInput, TrainingResult } from "@palate/recipe";
import { loadTensorBackend } from "@palate/tensorflow";
import { itemContentOf } from "../network/item-content.js";
import { MIXER_DEFAULTS, type MixerOptions } from "../network/train-mixer.js";
import type { NetworkChoice } from "../network/train-networks.js";
import { fromStateArtifact, toStateArtifact, type EarlierNetwork } from "../network/training-state.js";
import { contextLayoutOf, contextOfData } from "../sequences/context-of-data.js";
import type { ContextLayout } from "../sequences/position-context.js";
import { favourRecent } from "../sequences/recency.js";
import type { Sequences } from "../sequences/sequences.js";
import { trainingReports } from "./report-training.js";
import { fromSequenceArtifact, toSequenceArtifact } from "./sequence-artifact.js";
import { mixerOptionsOf } from "./sequence-hyperparameters.js";
import { trainSequenceModel } from "./train-sequence-model.js";

/** Share of the progress bar for the closed form when a network follows. */
const RIDGE_SHARE = 0.2;
/** What must be the same for a network to be continued. */
const SIZES = ["width", "layers", "kernels", "length", "body"] as const;

/**
 * Training data as the sequence model takes it: the arrays are shared, not copied.
 * @param context what is wanted beside items and times; default: nothing
 */
export function sequencesOf(data: TrainingData, context?: ContextLayout): Sequences {
  const { userIds, itemIds, offsets, items, timestamps, weights } = data;
  const counts = { userCount: userIds.length, itemCount: itemIds.length };
  const told = context && contextOfData(data, context);
  return { ...counts, offsets, items, times: timestamps, ...(weights && { weights }), ...told };
}

/**
 * The training of a recipe whose model is the sequence model: fits the closed form, which is published after seconds, then
 * the network for `training_seconds`, and publishes every blend that does better on held-out last interactions. The
 * hyperparameters are `SEQUENCE_HYPERPARAMETERS`, the artefacts those of `toSequenceArtifact`.
 * @throws PalateError `failed_precondition` when there are no interactions, or no item has a number in the objective's column; the signal's reason when aborted
 */
export async function trainSequenceRecipe(input: TrainingInput): Promise<TrainingResult> {
  const { everything, fit, hyperparameters, seed, signal, objective } = input;
  signal.throwIfAborted();
  if (everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  if (objective) checkObjective(objective, everything);
  const backend = await loadTensorBackend({ prefer: input.backend });
  const trainingSeconds = hyperparameters["training_seconds"] as number;
  const ridgeShare = trainingSeconds === 0 ? 1 : RIDGE_SHARE;
  const usesMetadata = hyperparameters["use_metadata"] !== false;
  const { itemAttributes, itemColumnKinds, itemIds } = everything;
  const favoursRecent = hyperparameters["apply_recency_bias"] === true;
  const targetsOf = (data: TrainingData, context?: ContextLayout): Sequences =>
    favoursRecent ? favourRecent(sequencesOf(data, context)) : sequencesOf(data, context);
  const wishes = {
    eventTypes: hyperparameters["use_event_types"] !== false,
    users: hyperparameters["use_user_metadata"] !== false,
    requests: hyperparameters["use_context"] !== false,
  };
  const context = trainingSeconds > 0 ? contextLayoutOf(fit, wishes) : undefined;
  const mixer = mixerOptionsOf(hyperparameters);
  const options = {
    trainingSeconds,
    seed,
    everything: targetsOf(everything),
    mixer,
    content:
      usesMetadata && trainingSeconds > 0
        ? await itemContentOf(itemAttributes, itemIds.length, itemColumnKinds, signal)
        : undefined,
    terms: usesMetadata
      ? await runCooperatively(metadataTerms(itemAttributes, itemIds.length, itemColumnKinds), signal)
      : undefined,
    requestTime: hyperparameters["use_request_time"] !== false,
    context,
    resume: input.resume && fromStateArtifact(input.resume, itemIds),
    earlier: input.previous && earlierNetworks(input.previous, itemIds, { ...MIXER_DEFAULTS, ...mixer }),
    network: hyperparameters["network"] as NetworkChoice | undefined,
  };
  await trainSequenceModel(targetsOf(fit, context), options, backend, {
    signal,
    onProgress: trainingReports(input.report, ridgeShare),
    ...(input.saveState && { onState: (state) => input.saveState!(toStateArtifact(state, itemIds)) }),
    async onCheckpoint({ model, evaluation, validation }) {
      if (validation) {
        const points = [{ series: "validation_ndcg_at_10", value: validation.ndcg10 }];
        input.report({ phase: "evaluating", fraction: ridgeShare, message: "A better model is stored.", points });
      }
      await input.publish({
        deployed: toSequenceArtifact({ itemIds, model, objective }),
        evaluation: toSequenceArtifact({ itemIds, model: evaluation, objective }),
      });
    },
  });
  return { backend: backend.name };
}

/** The networks of an earlier model of the same recipe that are of the size that the new ones are to have. */
function earlierNetworks(artifact: Artifact, itemIds: readonly string[], wanted: MixerOptions): EarlierNetwork[] {
  const { itemIds: known, model } = fromSequenceArtifact(artifact);
  const numbers = new Map(known.map((id, item) => [id, item]));
  const itemOf = (item: number): number => numbers.get(itemIds[item]!) ?? -1;
  return model.networks
    .filter(({ shape }) => SIZES.every((name) => shape[name] === wanted[name]))
    .map((network) => ({ ...network, itemOf }));
}

function checkObjective({ column }: Objective, { itemAttributes }: TrainingData): void {
  const values = itemAttributes[column];
  if (values?.some((value) => value !== null && value !== "" && Number.isFinite(Number(value)))) return;
  const known = Object.keys(itemAttributes).join(", ") || "none";
  throw failedPrecondition(
    `The optimization objective is items' ${column}, but ${values ? "no item has a number there" : "items have no such column"}; columns of items: ${known}.`,
  );
}
