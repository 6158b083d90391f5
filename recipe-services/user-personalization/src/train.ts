import { failedPrecondition } from "@palate/kit/errors";
import type { TrainingData, TrainingInput, TrainingResult } from "@palate/kit/recipe";
import { trainSequenceModel, type Progress, type Sequences } from "@palate/kit/sequence";
import { loadTensorBackend } from "@palate/kit/tensor";
import { toArtifact } from "./artifact.js";

/** Share of the progress bar for the closed form when a network follows. */
const RIDGE_SHARE = 0.2;

/** The network's width is a multiple of this: numbers that one SIMD instruction of the serving kernels takes. */
const LANES = 16;

function sequencesOf({ userIds, itemIds, offsets, items }: TrainingData): Sequences {
  return { userCount: userIds.length, itemCount: itemIds.length, offsets, items };
}

/**
 * Fits the closed form, which is published after seconds, then the network for `training_seconds`, and publishes every
 * blend that does better on held-out last interactions.
 * @throws PalateError `failed_precondition` when there are no interactions; the signal's reason when aborted
 */
export async function train(input: TrainingInput): Promise<TrainingResult> {
  const { everything, fit, hyperparameters, seed, signal } = input;
  signal.throwIfAborted();
  if (everything.items.length === 0)
    throw failedPrecondition("There are no interactions to learn from; import or stream some first.");
  const backend = await loadTensorBackend({ prefer: input.backend });
  const trainingSeconds = hyperparameters["training_seconds"] as number;
  const ridgeShare = trainingSeconds === 0 ? 1 : RIDGE_SHARE;

  // The closed form is solved more than once: a share already reported is not taken back.
  let solved = 0;
  const onProgress = (progress: Progress): void => {
    if (progress.phase === "ridge") {
      solved = Math.max(solved, ridgeShare * progress.fraction);
      input.report({ phase: "fitting", fraction: solved, message: "Solving the closed form." });
      return;
    }
    const { step, loss, tokensPerSecond, fraction } = progress;
    input.report({
      phase: "fitting",
      fraction: ridgeShare + (1 - ridgeShare) * fraction,
      message: `Training the network: step ${step}, loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond / 1000)} k interactions/s.`,
      points: [{ series: "loss", value: loss }],
    });
  };
  const options = {
    trainingSeconds,
    seed,
    everything: sequencesOf(everything),
    mixer: {
      width: LANES * Math.ceil((hyperparameters["hidden_dimension"] as number) / LANES),
      length: hyperparameters["max_sequence_length"] as number,
      learningRate: hyperparameters["learning_rate"] as number,
      dropout: hyperparameters["dropout"] as number,
    },
  };
  await trainSequenceModel(sequencesOf(fit), options, backend, {
    signal,
    onProgress,
    async onCheckpoint({ model, evaluation, validation }) {
      if (validation) {
        const points = [{ series: "validation_ndcg_at_10", value: validation.ndcg10 }];
        input.report({ phase: "evaluating", fraction: ridgeShare, message: "A better model is stored.", points });
      }
      const { itemIds } = everything;
      await input.publish({
        deployed: toArtifact({ itemIds, model }),
        evaluation: toArtifact({ itemIds, model: evaluation }),
      });
    },
  });
  return { backend: backend.name };
}
