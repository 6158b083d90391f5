/** One training of `aws-user-personalization-v2` on synthetic data, as a trainer does it: a process of its own, so that its memory is its own. */
import { resolveHyperparameters } from "@palate/recipe";
import { userPersonalizationV2 as recipe } from "@palate/user-personalization";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { cpuSecondsOf, memoryOf } from "./memory.js";
import { syntheticData, type SyntheticSize } from "./synthetic.js";

/** What is to be measured. */
export interface LearningTask {
  readonly size: SyntheticSize;
  readonly trainingSeconds: number;
}

/** A model on its way to being served. */
export interface ServedModel {
  /** Seconds from the data in memory until it was measured and could be stored, by the clock and of processor time. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Its NDCG@10 on users held out. */
  readonly ndcg10: number;
}

/** A whole training on a large catalogue. */
export interface LearningFigures {
  /** The closed form, as soon as there is one. */
  readonly first: ServedModel;
  /** The first model that a network takes part in; undefined when none was better. */
  readonly blended: ServedModel | undefined;
  readonly best: ServedModel;
  readonly models: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Most memory that the process had, MiB, and what it had before training: mostly the data. */
  readonly peakMib: number;
  readonly dataMib: number;
}

async function learn({ size, trainingSeconds }: LearningTask): Promise<LearningFigures> {
  const data = syntheticData(size);
  const dataMib = memoryOf(process.pid).residentMib;
  const [started, before] = [performance.now(), cpuSecondsOf(process.pid)];
  const spent = () => ({
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: cpuSecondsOf(process.pid) - before,
  });
  const heldOut = recipe.evaluation.holdOut(data, { seed: 1 });
  const { primaryMetric } = recipe.evaluation;
  const models: (ServedModel & { readonly blended: boolean })[] = [];
  await recipe.train({
    everything: data,
    fit: heldOut.fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, {
      training_seconds: String(trainingSeconds),
    }),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => undefined,
    async publish({ deployed, evaluation }) {
      const { metrics } = heldOut.measure(evaluation);
      const blended = [...deployed.tensors.keys()].some((name) => !/^(ridge\.|popularity|itemIds)/.test(name));
      models.push({ ...spent(), ndcg10: metrics[primaryMetric] ?? NaN, blended });
    },
  });
  const served = ({ seconds, cpuSeconds, ndcg10 }: ServedModel): ServedModel => ({ seconds, cpuSeconds, ndcg10 });
  const blended = models.find((model) => model.blended);
  return {
    first: served(models[0]!),
    blended: blended && served(blended),
    best: served(models.at(-1)!),
    models: models.length,
    ...spent(),
    peakMib: memoryOf(process.pid).peakMib,
    dataMib,
  };
}

process.once("message", (task: LearningTask) => {
  void learn(task).then((figures) => process.send!(figures, () => process.exit()));
});
