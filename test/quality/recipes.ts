import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Recipe } from "@palate/kit/recipe";

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

/**
 * Recipes by name; "all" stands for every one.
 * @throws Error naming what is unknown, what is known and which services could not be loaded
 */
export async function findRecipes(names: readonly string[]): Promise<Recipe[]> {
  const { recipes, failures } = await allRecipes();
  if (names.includes("all")) {
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return recipes;
  }
  return names.map((name) => {
    const found = recipes.find(({ descriptor }) => descriptor.name === name);
    if (found !== undefined) return found;
    const known = recipes.map(({ descriptor }) => descriptor.name).join(", ");
    throw new Error([`--recipe ${name}: there is no such recipe; known: ${known}.`, ...failures].join("\n"));
  });
}
