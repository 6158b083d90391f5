import type { Logger } from "@palate/host";
import type { Checkpoint, Evaluation, HeldOut, RecipeDescriptor } from "@palate/recipe";
import { evaluationRecord, finiteMetrics, type Catalog, type CheckpointDocument, type ModelStore } from "@palate/store";

/** What a version's checkpoints are measured and stored with. */
export interface CheckpointPublisherParts {
  readonly catalog: Catalog;
  readonly store: ModelStore;
  readonly logger: Logger;
  /** Key of the version. */
  readonly versionKey: string;
  readonly descriptor: RecipeDescriptor;
  readonly evaluation: Pick<Evaluation, "primaryMetric" | "baseline">;
  /** What models are measured on. */
  readonly heldOut: HeldOut;
  /** Seconds since training began. */
  readonly seconds: () => number;
}

/** Measures the checkpoints a training publishes and stores those that may serve; ServingHub swaps them in. */
export class CheckpointPublisher {
  readonly #parts: CheckpointPublisherParts;
  /** The best that an earlier attempt at this training has stored. */
  readonly #earlier: CheckpointDocument | undefined;
  #number: number;

  constructor(parts: CheckpointPublisherParts) {
    this.#parts = parts;
    const earlier = parts.catalog.checkpointsOf(parts.versionKey);
    this.#earlier = earlier.at(-1);
    this.#number = earlier.length;
  }

  /** Stores a model, unless an earlier attempt has stored a better one: after a restart the first models are worse. */
  async publish(checkpoint: Checkpoint): Promise<void> {
    const { catalog, store, logger, versionKey, descriptor, evaluation, heldOut, seconds } = this.#parts;
    const { primaryMetric, baseline } = evaluation;
    const measured = heldOut.measure(checkpoint.evaluation);
    const metrics = finiteMetrics(measured.metrics);
    if ((metrics[primaryMetric] ?? 0) < (this.#earlier?.metrics[primaryMetric] ?? -1)) return;
    const number = ++this.#number;
    const { sha256, bytes } = await store.save(versionKey, number, checkpoint.deployed, descriptor);
    await catalog.insert("checkpoints", {
      _id: `${versionKey}|${number}`,
      versionKey,
      number,
      sha256,
      bytes,
      seconds: seconds(),
      metrics,
      baselineMetrics: finiteMetrics(measured.baseline),
      evaluation: evaluationRecord(measured, primaryMetric, baseline, heldOut.cases),
      createdAt: Date.now(),
    });
    logger.info({ version: versionKey, checkpoint: number, bytes, metrics }, "checkpoint stored");
  }
}
