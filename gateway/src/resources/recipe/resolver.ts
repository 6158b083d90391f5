import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Info, Query, Resolver } from "type-graphql";
import { recipeName } from "../../clients/recipe-discovery.js";
import { PageArgs, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { mergedList } from "../common/merged-list.js";
import { Recipe, RecipeConnection } from "./types.js";

/** One recipe, or null. */
export async function findRecipe(context: GatewayContext, nameOrArn: string): Promise<Recipe | null> {
  const name = recipeName(nameOrArn);
  const find = () =>
    context.recipes.services.flatMap((service) => service.recipes).find((recipe) => recipe.name === name);
  if (!find()) await context.recipes.refreshAfterNow();
  const found = find();
  return found ? Recipe.from(found) : null;
}

/** Recipes. */
@Resolver()
export class RecipeResolver {
  @Query(() => RecipeConnection, {
    nullable: true,
    description: "The recipes that the running services offer, by name.",
  })
  async recipes(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Recipe>> {
    return mergedList(context, info, page, async ({ control }) => {
      const response = await control.call(control.client.listRecipes, {}, context.asking);
      return response.recipes.map(Recipe.from);
    });
  }

  @Query(() => Recipe, { nullable: true, description: "One recipe; null when no service offers it." })
  recipe(
    @Arg("name", () => String, { description: "Its name or Amazon Personalize's ARN of it." }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<Recipe | null> {
    return findRecipe(context, name);
  }
}
