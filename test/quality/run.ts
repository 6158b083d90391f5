import type { Recipe } from "@palate/recipe";
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { loadFolder, withColumns, withLatest, withoutRareItems, type Dataset } from "./load-folder.js";
import type { QualityOptions } from "./run-options.js";
import type { Outcome } from "./protocol.js";
import { PROTOCOLS, protocolNamed } from "./protocols/index.js";
import { findRecipes, recipeNamed } from "./recipes.js";

/** What a run measured, with all that is needed to judge and repeat it. */
export interface QualityReport {
  readonly options: QualityOptions;
  /** Processor cores that the process may use. */
  readonly cores: number;
  /** The processor's name. */
  readonly processor: string;
  /** Outcomes, one for each recipe. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Where a data set lies.
 * @param data a folder, or the name of one below `root`
 */
function folderOf(data: string, root: string): string {
  return existsSync(data) || root === "" ? data : join(root, data);
}

/**
 * Measures each recipe with one seed, as the options say.
 * @param root folder that holds data sets' folders; empty for none
 * @param say says what is going on
 * @throws Error saying what is wrong with the options or the data
 */
export async function runQuality(
  options: QualityOptions,
  root: string,
  say: (line: string) => void,
): Promise<QualityReport> {
  const protocol = protocolNamed(options.protocol);
  const recipes = await findRecipes(options.recipes, protocol, PROTOCOLS);
  let loaded: Promise<Dataset> | undefined;
  const load = async (): Promise<Dataset> => {
    say(`Reading ${options.data}.`);
    const { name, data } = await loadFolder(folderOf(options.data, root));
    const frequent = withoutRareItems(withLatest(data, options.latest), options.minItemInteractions);
    return { name, data: withColumns(frequent, options.columns) };
  };
  const sayOf = (recipe: Recipe) => (line: string) => say(`${recipe.descriptor.name}: ${line}`);
  const outcomes: Outcome[] = [];
  for (const recipe of recipes) {
    const dataset = () => (loaded ??= load());
    outcomes.push(await protocol.run(recipe, { options, dataset, recipe: recipeNamed, say: sayOf(recipe) }));
  }
  say("");
  return { options, cores: availableParallelism(), processor: cpus()[0]?.model.trim() ?? "unknown", outcomes };
}
