import { alreadyExists, invalidArgument } from "@palate/host";
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { exactTexts } from "../common/exact-text.js";
import { DeletePayload } from "../common/delete-payload.js";
import { mergedList } from "../common/merged-list.js";
import { orNull, present } from "../common/or-null.js";
import { listVersions, loadVersion } from "../solution-version/resolver.js";
import { SolutionVersion, SolutionVersionConnection } from "../solution-version/types.js";
import { EventsConfig } from "./emphasis.js";
import { AutoMlConfig, HpoConfig } from "./tuning.js";
import {
  CreateSolutionInput,
  CreateSolutionPayload,
  DeleteSolutionInput,
  Solution,
  SolutionConnection,
} from "./types.js";

/** Whose service chooses when a recipe is to be chosen and no candidate is named. */
const DEFAULT_CANDIDATE = "aws-user-personalization-v2";

/** The solutions of a group over all recipe services. */
export function listSolutions(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  datasetGroup: string,
  page: PageArgs,
): Promise<Connection<Solution>> {
  return mergedList(context, info, page, async ({ control }) => {
    const rows = await collectPages(async (pageSize, pageToken) => {
      const request = { datasetGroup, pageSize, pageToken };
      const response = await control.call(control.client.listSolutions, request, context.asking);
      return { rows: response.solutions, nextPageToken: response.nextPageToken };
    });
    return rows.map(Solution.from);
  });
}

/** One solution. */
export function loadSolution(
  { solutions, asking }: GatewayContext,
  datasetGroup: string,
  name: string,
): Promise<Solution> {
  return solutions.atService(datasetGroup, name, asking, async ({ control }) => {
    const response = await control.call(control.client.getSolution, { datasetGroup, name }, asking);
    return Solution.from(present(response.solution));
  });
}

/** Solutions. */
@Resolver(() => Solution)
export class SolutionResolver {
  @Query(() => SolutionConnection, {
    nullable: true,
    description: "The solutions of a dataset group over all recipes, by name.",
  })
  solutions(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Solution>> {
    return listSolutions(context, info, datasetGroup, page);
  }

  @Query(() => Solution, { nullable: true, description: "One solution; null when there is none of that name." })
  solution(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("name", () => String, { description: "The solution's name." }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<Solution | null> {
    return orNull(loadSolution(context, datasetGroup, name));
  }

  @FieldResolver(() => SolutionVersionConnection, { nullable: true, description: "Its versions, newest first." })
  versions(
    @Root() { datasetGroup, name }: Solution,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<SolutionVersion>> {
    return listVersions(context, datasetGroup, name, page);
  }

  @FieldResolver(() => SolutionVersion, { nullable: true, description: "Its newest version; null before the first." })
  latestVersion(
    @Root() { datasetGroup, name, latestVersionId }: Solution,
    @Ctx() context: GatewayContext,
  ): Promise<SolutionVersion | null> | null {
    return latestVersionId === null ? null : orNull(loadVersion(context, datasetGroup, name, latestVersionId));
  }

  @Mutation(() => CreateSolutionPayload, {
    nullable: true,
    description: "Creates a solution: a recipe with its configuration. Nothing is trained yet.",
  })
  createSolution(
    @Arg("input", () => CreateSolutionInput, { description: "What to create." }) input: CreateSolutionInput,
    @Ctx() { solutions, recipes, asking }: GatewayContext,
  ): Promise<CreateSolutionPayload> {
    return payload(CreateSolutionPayload, async () => {
      const { datasetGroup, name } = input;
      const { service, recipe } = await recipes.offering(routeOf(input));
      // Names are unique over all services, but a service knows only its own. Should one that cannot be reached hold the
      // name, the service named first in the configuration has it.
      if (await solutions.isTaken(datasetGroup, name, service, asking)) throw alreadyExists("solution", name);
      const { client } = service.control;
      const request = {
        datasetGroup,
        name,
        recipe: input.performAutoML ? (input.recipe ?? "") : recipe,
        hyperparameters: exactTexts("hyperparameters", input.hyperparameters),
        eventType: input.eventType ?? undefined,
        eventValueThreshold: input.eventValueThreshold ?? undefined,
        eventsConfig: EventsConfig.toMessage(input.eventsConfig),
        optimizationObjective: input.optimizationObjective ?? undefined,
        performHpo: input.performHPO,
        hpoConfig: HpoConfig.toMessage(input.hpoConfig),
        performAutoMl: input.performAutoML,
        autoMlConfig: AutoMlConfig.toMessage(input.autoMlConfig),
        performAutoTraining: input.performAutoTraining,
        schedulingExpression: input.schedulingExpression ?? undefined,
        retrainAfterDeletion: input.retrainAfterDeletion,
      };
      const response = await service.control.call(client.createSolution, request, asking);
      return { solution: Solution.from(present(response.solution)) };
    });
  }

  @Mutation(() => DeletePayload, {
    nullable: true,
    description: "Deletes a solution and its versions. It is refused while a campaign uses one.",
  })
  deleteSolution(
    @Arg("input", () => DeleteSolutionInput, { description: "What to delete." }) input: DeleteSolutionInput,
    @Ctx() { solutions, asking }: GatewayContext,
  ): Promise<DeletePayload> {
    const { datasetGroup, name } = input;
    return payload(DeletePayload, async () => {
      await solutions.atService(datasetGroup, name, asking, ({ control }) =>
        control.call(control.client.deleteSolution, { datasetGroup, name }, asking),
      );
      solutions.forget(datasetGroup, name);
      return { deleted: true };
    });
  }
}

/** The recipe whose service a solution belongs to. */
function routeOf({ recipe, performAutoML, autoMlConfig }: CreateSolutionInput): string {
  if (performAutoML) return autoMlConfig?.recipeList[0] ?? DEFAULT_CANDIDATE;
  if (recipe) return recipe;
  const message = "names the recipe; leave it out only with performAutoML";
  throw invalidArgument(`recipe ${message}.`, [{ field: "recipe", message }]);
}
