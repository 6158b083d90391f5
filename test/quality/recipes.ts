import { SERVICES } from "@palate/host/services";
import type { Recipe } from "@palate/recipe";
import type { Protocol } from "./protocol.js";

/** Recipes of every recipe service, and what could not be loaded. */
interface Loaded {
  readonly recipes: readonly Recipe[];
  readonly failures: readonly string[];
}

/** Every recipe of every recipe service of the list. */
async function allRecipes(): Promise<Loaded> {
  const recipes: Recipe[] = [];
  const failures: string[] = [];
  for (const { name } of SERVICES.filter(({ role }) => role === "recipe")) {
    try {
      const service = (await import(`@palate/${name}`)) as { recipes: readonly Recipe[] };
      recipes.push(...service.recipes);
    } catch (error) {
      failures.push(`${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { recipes, failures };
}

function named(name: string, { recipes, failures }: Loaded): Recipe {
  const found = recipes.find(({ descriptor }) => descriptor.name === name);
  if (found !== undefined) return found;
  const known = recipes.map(({ descriptor }) => descriptor.name).join(", ");
  throw new Error([`--recipe ${name}: there is no such recipe; known: ${known}.`, ...failures].join("\n"));
}

/**
 * A recipe by its name.
 * @throws Error naming what is known and which services could not be loaded
 */
export async function recipeNamed(name: string): Promise<Recipe> {
  return named(name, await allRecipes());
}

/**
 * Recipes by name; "all" stands for every one that the protocol can measure.
 * @param protocols every protocol, to say which would be right
 * @throws Error naming what is unknown or cannot be measured so, what is known and which services could not be loaded
 */
export async function findRecipes(
  names: readonly string[],
  protocol: Protocol,
  protocols: readonly Protocol[],
): Promise<Recipe[]> {
  const loaded = await allRecipes();
  if (names.includes("all")) {
    if (loaded.failures.length > 0) throw new Error(loaded.failures.join("\n"));
    return loaded.recipes.filter((recipe) => protocol.fits(recipe));
  }
  return names.map((name) => {
    const recipe = named(name, loaded);
    if (protocol.fits(recipe)) return recipe;
    const right = protocols.filter((other) => other.fits(recipe)).map((other) => other.name);
    throw new Error(
      `--protocol ${protocol.name}: cannot measure ${name}; it takes ${right.join(", ") || "none of the protocols"}.`,
    );
  });
}
