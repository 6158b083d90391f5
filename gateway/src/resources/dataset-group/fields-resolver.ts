import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import { listCampaigns } from "../campaign/resolver.js";
import { CampaignConnection, type Campaign } from "../campaign/types.js";
import { PageArgs, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { listDataDeletionJobs } from "../data-deletion-job/resolver.js";
import { DataDeletionJobConnection, type DataDeletionJob } from "../data-deletion-job/types.js";
import { listDatasets } from "../dataset/resolver.js";
import { DatasetConnection, type Dataset } from "../dataset/types.js";
import { listExportJobs } from "../export-job/resolver.js";
import { ExportJobConnection, type ExportJob } from "../export-job/types.js";
import { listFilters } from "../filter/resolver.js";
import { FilterConnection, type Filter } from "../filter/types.js";
import { listImportJobs } from "../import-job/resolver.js";
import { ImportJobConnection, type ImportJob } from "../import-job/types.js";
import { listSolutions } from "../solution/resolver.js";
import { SolutionConnection, type Solution } from "../solution/types.js";
import { DatasetGroup } from "./types.js";

/** What belongs to a dataset group. */
@Resolver(() => DatasetGroup)
export class DatasetGroupFieldsResolver {
  @FieldResolver(() => DatasetConnection, { nullable: true, description: "Its datasets, at most one of each type." })
  datasets(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Dataset>> {
    return listDatasets(context, name, page);
  }

  @FieldResolver(() => ImportJobConnection, { nullable: true, description: "Its import jobs, newest first." })
  importJobs(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ImportJob>> {
    return listImportJobs(context, name, page);
  }

  @FieldResolver(() => ExportJobConnection, { nullable: true, description: "Its export jobs, newest first." })
  exportJobs(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ExportJob>> {
    return listExportJobs(context, name, page);
  }

  @FieldResolver(() => DataDeletionJobConnection, {
    nullable: true,
    description: "Its deletions of users and items, newest first.",
  })
  dataDeletionJobs(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<DataDeletionJob>> {
    return listDataDeletionJobs(context, name, page);
  }

  @FieldResolver(() => FilterConnection, { nullable: true, description: "Its filters by name." })
  filters(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Filter>> {
    return listFilters(context, name, page);
  }

  @FieldResolver(() => SolutionConnection, { nullable: true, description: "Its solutions over all recipes, by name." })
  solutions(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Solution>> {
    return listSolutions(context, info, name, page);
  }

  @FieldResolver(() => CampaignConnection, { nullable: true, description: "Its campaigns over all recipes, by name." })
  campaigns(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Campaign>> {
    return listCampaigns(context, info, name, page);
  }
}
