import type { PalateClient } from "@palate/local";

/** Seconds that one recipe's training took, as its version says. */
export interface TrainingFigures {
  readonly recipe: string;
  readonly seconds: number;
  /** Seconds from the request until the model was usable, process start and data reading included. */
  readonly wallSeconds: number;
  /** Tensor backend. */
  readonly backend: string;
}

/** Solutions of the benchmark; campaigns have the same names. */
export const SOLUTIONS = { popular: "popular", similar: "similar", forYou: "for-you" } as const;

/** Trains each recipe in turn and makes its campaign. */
export async function measureTraining(client: PalateClient, trainingSeconds: number): Promise<TrainingFigures[]> {
  const figures: TrainingFigures[] = [];
  const recipes = [
    [SOLUTIONS.popular, "aws-popularity-count", {}],
    [SOLUTIONS.similar, "aws-sims", {}],
    [SOLUTIONS.forYou, "aws-user-personalization-v2", { training_seconds: trainingSeconds }],
  ] as const;
  for (const [name, recipe, hyperparameters] of recipes) {
    await client.ensureSolution(name, recipe, hyperparameters);
    const started = performance.now();
    const { versionId } = await client.createVersion(name);
    const version = await client.trained(name, versionId);
    const wallSeconds = (performance.now() - started) / 1_000;
    figures.push({ recipe, seconds: version.trainingSeconds, wallSeconds, backend: version.backend });
    await client.ensureCampaign(name, name);
    await client.recommendOnceLoaded({ campaign: name, userId: "any", itemId: "any", first: 1 });
  }
  return figures;
}
