import { randomUUID } from "node:crypto";
import {
  Arg,
  Args,
  Ctx,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from "type-graphql";
import { collectPages } from "../../clients/collect-pages.js";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { orNull, present } from "../common/or-null.js";
import {
  CreateSolutionVersionInput,
  SolutionVersion,
  SolutionVersionConnection,
  SolutionVersionPayload,
  StopSolutionVersionCreationInput,
} from "./types.js";

/** The versions of a solution. */
export function listVersions(
  { solutions, asking, maxFirst }: GatewayContext,
  datasetGroup: string,
  solution: string,
  page: PageArgs,
): Promise<Connection<SolutionVersion>> {
  return solutions.atService(datasetGroup, solution, asking, async ({ control }) => {
    const rows = await collectPages(async (pageSize, pageToken) => {
      const request = { datasetGroup, solution, pageSize, pageToken };
      const response = await control.call(control.client.listSolutionVersions, request, asking);
      return { rows: response.solutionVersions, nextPageToken: response.nextPageToken };
    });
    return paginate(rows.map(SolutionVersion.from), (version) => version.versionId, page, maxFirst);
  });
}

/** One version. */
export function loadVersion(
  { solutions, asking }: GatewayContext,
  datasetGroup: string,
  solution: string,
  versionId: string,
): Promise<SolutionVersion> {
  return solutions.atService(datasetGroup, solution, asking, async ({ control }) => {
    const request = { datasetGroup, solution, versionId };
    const response = await control.call(control.client.getSolutionVersion, request, asking);
    return SolutionVersion.from(present(response.solutionVersion));
  });
}

/** The version each time it changes, until its training ends or the client goes away. */
async function* watchVersion({
  args,
  context,
}: SubscribeResolverData<unknown, Record<string, string>, GatewayContext>): AsyncGenerator<SolutionVersion> {
  const { datasetGroup, solution, versionId } = args;
  const request = { datasetGroup: datasetGroup ?? "", solution: solution ?? "", versionId: versionId ?? "" };
  const { control } = await context.solutions.find(request.datasetGroup, request.solution, context.asking);
  for await (const message of control.stream(control.client.watchSolutionVersion, request, context.asking))
    yield SolutionVersion.from(present(message.solutionVersion));
}

/** Solution versions. */
@Resolver()
export class SolutionVersionResolver {
  @Query(() => SolutionVersionConnection, { nullable: true, description: "The versions of a solution, newest first." })
  solutionVersions(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("solution", () => String, { description: "Name of the solution." }) solution: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<SolutionVersion>> {
    return listVersions(context, datasetGroup, solution, page);
  }

  @Query(() => SolutionVersion, { nullable: true, description: "One solution version; null when there is none." })
  solutionVersion(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("solution", () => String, { description: "Name of the solution." }) solution: string,
    @Arg("versionId", () => String, {
      defaultValue: "$LATEST",
      description: 'The version\'s id, or "$LATEST" for the newest one that can serve.',
    })
    versionId: string,
    @Ctx() context: GatewayContext,
  ): Promise<SolutionVersion | null> {
    return orNull(loadVersion(context, datasetGroup, solution, versionId));
  }

  @Mutation(() => SolutionVersionPayload, {
    nullable: true,
    description: "Starts a training. Poll solutionVersion or subscribe to solutionVersionProgress to follow it.",
  })
  createSolutionVersion(
    @Arg("input", () => CreateSolutionVersionInput, { description: "What to train." })
    input: CreateSolutionVersionInput,
    @Ctx() { solutions, asking }: GatewayContext,
  ): Promise<SolutionVersionPayload> {
    const { datasetGroup, solution } = input;
    return payload(SolutionVersionPayload, () =>
      solutions.atService(datasetGroup, solution, asking, async ({ control }) => {
        const request = {
          datasetGroup,
          solution,
          seed: input.seed ?? 0,
          // Made here at the latest, so that a call repeated behind the gateway's back trains once.
          requestId: input.requestId || randomUUID(),
          trainingMode: input.trainingMode ?? 0,
        };
        const response = await control.call(control.client.createSolutionVersion, request, asking);
        return { solutionVersion: SolutionVersion.from(present(response.solutionVersion)) };
      }),
    );
  }

  @Mutation(() => SolutionVersionPayload, {
    nullable: true,
    description: "Stops a training. Checkpoints that already serve stay usable.",
  })
  stopSolutionVersionCreation(
    @Arg("input", () => StopSolutionVersionCreationInput, { description: "What to stop." })
    input: StopSolutionVersionCreationInput,
    @Ctx() { solutions, asking }: GatewayContext,
  ): Promise<SolutionVersionPayload> {
    return payload(SolutionVersionPayload, () =>
      solutions.atService(input.datasetGroup, input.solution, asking, async ({ control }) => {
        const response = await control.call(control.client.stopSolutionVersionCreation, input, asking);
        return { solutionVersion: SolutionVersion.from(present(response.solutionVersion)) };
      }),
    );
  }

  @Subscription(() => SolutionVersion, {
    subscribe: watchVersion,
    description:
      "The version each time its status or progress changes; ends when training has ended. Served as server-sent events at /graphql/stream.",
  })
  solutionVersionProgress(
    @Root() version: SolutionVersion,
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) _datasetGroup: string,
    @Arg("solution", () => String, { description: "Name of the solution." }) _solution: string,
    @Arg("versionId", () => String, { description: "The version's id." }) _versionId: string,
  ): SolutionVersion {
    return version;
  }
}
