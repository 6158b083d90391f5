import type { Campaign as CampaignMessage } from "@palate/proto/recipe";
import { Field, InputType, Int, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, enumOrNull, ResourceStatus, timeOrNull } from "../common/scalars.js";
import { RecipeType } from "../recipe/types.js";
import { CampaignConfig, CampaignConfigInput } from "./config.js";

const LATEST = 'The version to serve, or "$LATEST" to follow the newest one that can serve.';

@ObjectType({ implements: Node, simpleResolvers: true, description: "Where recommendations are served from." })
export class Campaign implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Campaign", this.datasetGroup, this.name);
  }

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  @Field(() => String, { description: "Name of the solution it serves." })
  solution!: string;

  @Field(() => String, { description: 'As asked for: a version\'s id or "$LATEST".' })
  versionId!: string;

  @Field(() => String, { nullable: true, description: "Id of the version that answers now; null until one can." })
  servingVersionId!: string | null;

  @Field(() => Int, { description: "Checkpoint of that version that answers now." })
  servingCheckpoint!: number;

  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  @Field(() => RecipeType, { nullable: true, description: "What the recipe produces and how it is asked." })
  recipeType!: number | null;

  @Field(() => ResourceStatus, {
    description:
      "Where it is in its life: ACTIVE once a version can answer, CREATE_FAILED when what it needs is damaged.",
  })
  status!: number;

  @Field(() => String, {
    nullable: true,
    description: "Why it cannot answer, or not yet, as far as something went wrong; null otherwise.",
  })
  failureReason!: string | null;

  @Field(() => CampaignConfig, {
    nullable: true,
    description: "How it answers, defaults filled in; null where there is nothing to configure.",
  })
  campaignConfig!: CampaignConfig | null;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: CampaignMessage): Campaign {
    return Object.assign(new Campaign(), {
      datasetGroup: message.datasetGroup,
      name: message.name,
      solution: message.solution,
      versionId: message.versionId,
      servingVersionId: message.servingVersionId || null,
      servingCheckpoint: message.servingCheckpoint,
      recipe: message.recipe,
      recipeType: enumOrNull(message.recipeType),
      status: message.status,
      failureReason: message.failureReason || null,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
      campaignConfig: message.campaignConfig ? CampaignConfig.from(message.campaignConfig) : null,
    });
  }
}

/** A page of campaigns. */
export const CampaignConnection = connectionType(Campaign, "Campaign");

@InputType({ description: "Input of createCampaign." })
export class CreateCampaignInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Unique within the group over all recipes." })
  name!: string;

  @Field(() => String, { description: "Name of the solution to serve." })
  solution!: string;

  @Field(() => String, { defaultValue: "$LATEST", description: LATEST })
  versionId!: string;

  @Field(() => CampaignConfigInput, { nullable: true, description: "How it answers; absent means the defaults." })
  campaignConfig?: CampaignConfigInput | null;
}

@InputType({ description: "Input of updateCampaign." })
export class UpdateCampaignInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "The campaign's name." })
  name!: string;

  @Field(() => String, { nullable: true, description: `${LATEST} Absent leaves it as it is.` })
  versionId?: string | null;

  @Field(() => CampaignConfigInput, {
    nullable: true,
    description: "How it is to answer, in place of how it did; absent leaves that as it is.",
  })
  campaignConfig?: CampaignConfigInput | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createCampaign and updateCampaign." })
export class CampaignPayload {
  @Field(() => Campaign, { nullable: true, description: "The campaign as stored; null when userErrors has entries." })
  campaign?: Campaign;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of deleteCampaign." })
export class DeleteCampaignInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "The campaign's name." })
  name!: string;
}
