import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Evaluation, Recipe } from "@palate/kit/recipe";
import type { Protocol } from "./options.js";

/** Folders beside the recipe services that offer no recipes. */
const NO_RECIPES = new Set(["kit", "datasets"]);

/** Every recipe of every recipe service (whatever the folders beside the kit export), and what could not be loaded. */
async function allRecipes(): Promise<{ recipes: Recipe[]; failures: string[] }> {
  const kit = fileURLToPath(import.meta.resolve("@palate/kit/recipe"));
  const folders = await readdir(join(kit, "../../../.."), { withFileTypes: true });
  const services = folders.filter((entry) => entry.isDirectory() && !NO_RECIPES.has(entry.name));
  const recipes: Recipe[] = [];
  const failures: string[] = [];
  for (const { name } of services) {
    try {
      const service = (await import(`@palate/${name}`)) as { recipes: readonly Recipe[] };
      recipes.push(...service.recipes);
    } catch (error) {
      failures.push(`${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { recipes, failures };
}

/** Whether a recipe brings its own way of being measured, as those that find users do. */
export function hasOwnWay(recipe: Recipe): recipe is Recipe & { readonly evaluation: Evaluation } {
  return recipe.evaluation !== undefined;
}

/**
 * Recipes by name; "all" stands for every one that the protocol can measure.
 * @throws Error naming what is unknown or cannot be measured so, what is known and which services could not be loaded
 */
export async function findRecipes(names: readonly string[], protocol: Protocol): Promise<Recipe[]> {
  const { recipes, failures } = await allRecipes();
  const fits = (recipe: Recipe): boolean => {
    if (protocol === "planted-bursts") return recipe.trendInterval !== undefined;
    if (protocol === "planted-clusters") return recipe.descriptor.segmentsBy === "segment";
    return hasOwnWay(recipe) === (protocol === "segments");
  };
  if (names.includes("all")) {
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return recipes.filter(fits);
  }
  return names.map((name) => {
    const found = recipes.find(({ descriptor }) => descriptor.name === name);
    if (found === undefined) {
      const known = recipes.map(({ descriptor }) => descriptor.name).join(", ");
      throw new Error([`--recipe ${name}: there is no such recipe; known: ${known}.`, ...failures].join("\n"));
    }
    if (fits(found)) return found;
    const right = hasOwnWay(found) ? "--protocol segments" : "one of the other protocols";
    throw new Error(`--protocol ${protocol}: cannot measure ${name}; it takes ${right}.`);
  });
}
