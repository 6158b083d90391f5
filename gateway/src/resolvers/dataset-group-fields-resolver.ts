import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql";
import type { GatewayContext } from "../context.js";
import type { Campaign } from "../schema/campaign.js";
import { CampaignConnection } from "../schema/campaign.js";
import { PageArgs, type Connection } from "../schema/connection.js";
import { DatasetGroup } from "../schema/dataset-group.js";
import type { Dataset } from "../schema/dataset.js";
import { DatasetConnection } from "../schema/dataset.js";
import type { DataDeletionJob } from "../schema/data-deletion-job.js";
import { DataDeletionJobConnection } from "../schema/data-deletion-job.js";
import type { ExportJob } from "../schema/export-job.js";
import { ExportJobConnection } from "../schema/export-job.js";
import type { Filter } from "../schema/filter.js";
import { FilterConnection } from "../schema/filter.js";
import type { ImportJob } from "../schema/import-job.js";
import { ImportJobConnection } from "../schema/import-job.js";
import type { Solution } from "../schema/solution.js";
import { SolutionConnection } from "../schema/solution.js";
import { listCampaigns } from "./campaign-resolver.js";
import { listDatasets } from "./dataset-resolver.js";
import { listDataDeletionJobs } from "./data-deletion-resolver.js";
import { listExportJobs } from "./export-job-resolver.js";
import { listFilters } from "./filter-resolver.js";
import { listImportJobs } from "./import-job-resolver.js";
import { listSolutions } from "./solution-resolver.js";

/** What belongs to a dataset group. */
@Resolver(() => DatasetGroup)
export class DatasetGroupFieldsResolver {
  /** Its datasets. */
  @FieldResolver(() => DatasetConnection, { nullable: true, description: "Its datasets, at most one of each type." })
  datasets(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Dataset>> {
    return listDatasets(context, name, page);
  }

  /** Its import jobs. */
  @FieldResolver(() => ImportJobConnection, { nullable: true, description: "Its import jobs, newest first." })
  importJobs(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ImportJob>> {
    return listImportJobs(context, name, page);
  }

  /** Its export jobs. */
  @FieldResolver(() => ExportJobConnection, { nullable: true, description: "Its export jobs, newest first." })
  exportJobs(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ExportJob>> {
    return listExportJobs(context, name, page);
  }

  /** Its deletions. */
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

  /** Its filters. */
  @FieldResolver(() => FilterConnection, { nullable: true, description: "Its filters by name." })
  filters(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Filter>> {
    return listFilters(context, name, page);
  }

  /** Its solutions. */
  @FieldResolver(() => SolutionConnection, { nullable: true, description: "Its solutions over all recipes, by name." })
  solutions(
    @Root() { name }: DatasetGroup,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Solution>> {
    return listSolutions(context, info, name, page);
  }

  /** Its campaigns. */
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
