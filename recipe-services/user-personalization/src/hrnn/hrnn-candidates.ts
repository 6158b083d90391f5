import type { Artifact } from "@palate/recipe";
import { itemCounts } from "@palate/sequence";
import type { GruScorer } from "../gru/gru-scorer.js";
import type { ClosedForm } from "./closed-form.js";
import { toHrnnArtifact } from "./hrnn-artifact.js";
import { HrnnModel, type HrnnBlend, type HrnnParts } from "./hrnn-model.js";
import type { HrnnTraining } from "./hrnn-training.js";
import type { Metadata } from "./metadata.js";
import { UNMEASURED_INVERSE_TEMPERATURE, type HrnnValidation } from "./validation.js";

/** The models of one training: publishes each that is better than those before it. */
export class HrnnCandidates {
  readonly #training: HrnnTraining;
  readonly #closed: ClosedForm;
  readonly #metadata: Metadata;
  readonly #servedCounts: Int32Array;
  readonly #evaluationCounts: Int32Array;
  #best = -1;

  constructor(training: HrnnTraining, closed: ClosedForm, metadata: Metadata) {
    this.#training = training;
    this.#closed = closed;
    this.#metadata = metadata;
    this.#servedCounts = itemCounts(closed.everything);
    this.#evaluationCounts = itemCounts(closed.training);
  }

  /** A model for measuring. */
  model(blend: HrnnBlend, gru?: GruScorer, inverseTemperature = UNMEASURED_INVERSE_TEMPERATURE): HrnnModel {
    const parts = { ridge: this.#closed.evaluation, counts: this.#evaluationCounts };
    return this.#modelOf({ ...parts, blend, inverseTemperature, gru });
  }

  /** Publishes the measured blend if it is the best so far. */
  async offer({ blend, inverseTemperature, ndcg10 }: HrnnValidation, gru?: GruScorer): Promise<void> {
    if (ndcg10 <= this.#best) return;
    this.#best = ndcg10;
    const { input, plan, closedShare } = this.#training;
    const points = [{ series: "validation_ndcg_at_10", value: ndcg10 }];
    input.report({ phase: "evaluating", fraction: closedShare, message: "A better model is stored.", points });
    const artifactOf = (model: HrnnModel): Artifact =>
      toHrnnArtifact({
        ...{ itemIds: input.everything.itemIds, model },
        ...{ users: this.#metadata.users, settings: { ...plan.settings } },
      });
    const parts = { ridge: this.#closed.served, counts: this.#servedCounts };
    await input.publish({
      deployed: artifactOf(this.#modelOf({ ...parts, blend, inverseTemperature, gru })),
      evaluation: artifactOf(this.model(blend, gru, inverseTemperature)),
    });
  }

  #modelOf(parts: Pick<HrnnParts, "ridge" | "counts" | "blend" | "inverseTemperature" | "gru">): HrnnModel {
    const { taste, content } = this.#metadata;
    return new HrnnModel({ ...parts, itemCount: this.#training.input.everything.itemIds.length, taste, content });
  }
}
