import { Random } from "@palate/numeric";
import { GetRecommendationsRequest } from "@palate/proto/recipe";
import { replicaViewOf, resolveHyperparameters, type Artifact, type Recipe, type TrainingData } from "@palate/recipe";
import { ExclusionMask, recommend, type LoadedModel } from "@palate/service";
import { semanticSimilarity, similarItems, sims } from "@palate/sims";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { spreadOf } from "./percentiles.js";
import { syntheticData } from "./synthetic.js";

/** The catalogue that is asked. */
export const SIMILAR_SIZE = { items: 100_000, users: 100_000, interactions: 2_000_000 } as const;
const REQUESTS = 1_000;
const WARM_UP = 50;
const RESULTS = 25;
const KINDS = 200;
const WORDS = 5_000;
const WORDS_IN_NAME = 6;

/** What similar items of a large catalogue cost in the service, without gRPC. */
export interface SimilarFigures {
  readonly recipe: string;
  readonly trainingSeconds: number;
  /** Seconds from the model's tensors to the first answer. */
  readonly loadSeconds: number;
  /** Milliseconds of a request by the clock. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of processor time of a request, which a busy machine does not lengthen. */
  readonly cpuP50: number;
  readonly cpuP99: number;
}

/** Interactions with items that have a kind and a name of made-up words, some words far more frequent than others. */
function catalogue(): TrainingData {
  const data = syntheticData(SIMILAR_SIZE);
  const random = new Random(2);
  const word = (): string => `w${Math.floor(WORDS * random.uniform() ** 2)}`;
  const KIND = data.itemIds.map(() => `kind ${random.integer(KINDS)}`);
  const NAME = data.itemIds.map(() => Array.from({ length: WORDS_IN_NAME }, word).join(" "));
  return { ...data, itemAttributes: { KIND, NAME }, itemColumnKinds: { KIND: "categorical", NAME: "text" } };
}

async function measureRecipe(recipe: Recipe, data: TrainingData): Promise<SimilarFigures> {
  const { descriptor } = recipe;
  const artifacts: Artifact[] = [];
  const started = performance.now();
  await recipe.train({
    everything: data,
    fit: data,
    hyperparameters: resolveHyperparameters(descriptor.hyperparameters, {}),
    seed: 1,
    backend: "auto",
    signal: new AbortController().signal,
    report: () => {},
    publish: async ({ deployed }) => void artifacts.push(deployed),
  });
  const trainingSeconds = (performance.now() - started) / 1000;
  const replica = replicaViewOf(data);
  const loading = performance.now();
  const model = recipe.load(artifacts.at(-1)!, replica);
  const loaded: LoadedModel = { versionId: "v", checkpoint: 0, replica, descriptor, model };
  const mask = new ExclusionMask();
  const random = new Random(3);
  const [times, cpu]: [number[], number[]] = [[], []];
  let loadSeconds = 0;
  for (let call = 0; call < WARM_UP + REQUESTS; call++) {
    // Half of the questions are about items that people meet often.
    const item = Math.floor(SIMILAR_SIZE.items * random.uniform() ** (call % 2 === 0 ? 1 : 3));
    const request = GetRecommendationsRequest.create({ itemId: data.itemIds[item]!, numResults: RESULTS });
    const before = process.cpuUsage();
    const asked = performance.now();
    const { itemIds } = recommend(request, loaded, mask, 1_700_000_000);
    const ms = performance.now() - asked;
    const spent = process.cpuUsage(before);
    if (itemIds.length !== RESULTS) throw new Error(`${itemIds.length} items instead of ${RESULTS} like ${item}`);
    if (call === 0) loadSeconds = (performance.now() - loading) / 1000;
    if (call < WARM_UP) continue;
    times.push(ms);
    cpu.push((spent.user + spent.system) / 1000);
  }
  model.close?.();
  const [clock, processor] = [spreadOf(times), spreadOf(cpu)];
  return {
    ...{ recipe: descriptor.name, trainingSeconds, loadSeconds },
    ...{ p50: clock.p50, p99: clock.p99, cpuP50: processor.p50, cpuP99: processor.p99 },
  };
}

/** Measures the recipes of the sims service on a made-up catalogue with metadata. */
export async function measureSimilar(): Promise<SimilarFigures[]> {
  const data = catalogue();
  const figures: SimilarFigures[] = [];
  for (const recipe of [sims, similarItems, semanticSimilarity]) figures.push(await measureRecipe(recipe, data));
  return figures;
}
