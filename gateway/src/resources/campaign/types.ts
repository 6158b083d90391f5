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

/** Where recommendations are served from. */
@ObjectType({ implements: Node, simpleResolvers: true, description: "Where recommendations are served from." })
export class Campaign implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("Campaign", this.datasetGroup, this.name);
  }

  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  /** What it serves. */
  @Field(() => String, { description: "Name of the solution it serves." })
  solution!: string;

  /** Which version was asked for. */
  @Field(() => String, { description: 'As asked for: a version\'s id or "$LATEST".' })
  versionId!: string;

  /** Which version answers. */
  @Field(() => String, { nullable: true, description: "Id of the version that answers now; null until one can." })
  servingVersionId!: string | null;

  /** Which checkpoint answers. */
  @Field(() => Int, { description: "Checkpoint of that version that answers now." })
  servingCheckpoint!: number;

  /** The recipe. */
  @Field(() => String, { description: "Name of the recipe." })
  recipe!: string;

  /** How to ask it. */
  @Field(() => RecipeType, { nullable: true, description: "What the recipe produces and how it is asked." })
  recipeType!: number | null;

  /** Where it is in its life. */
  @Field(() => ResourceStatus, { description: "ACTIVE once a version can answer." })
  status!: number;

  /** How it answers. */
  @Field(() => CampaignConfig, {
    nullable: true,
    description: "How it answers, defaults filled in; null where there is nothing to configure.",
  })
  campaignConfig!: CampaignConfig | null;

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** When it last changed. */
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
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
      campaignConfig: message.campaignConfig ? CampaignConfig.from(message.campaignConfig) : null,
    });
  }
}

/** A page of campaigns. */
export const CampaignConnection = connectionType(Campaign, "Campaign");

/** Input of createCampaign. */
@InputType({ description: "Input of createCampaign." })
export class CreateCampaignInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Unique within the group over all recipes." })
  name!: string;

  /** What to serve. */
  @Field(() => String, { description: "Name of the solution to serve." })
  solution!: string;

  /** Which version. */
  @Field(() => String, { defaultValue: "$LATEST", description: LATEST })
  versionId!: string;

  /** How it answers. */
  @Field(() => CampaignConfigInput, { nullable: true, description: "How it answers; absent means the defaults." })
  campaignConfig?: CampaignConfigInput | null;
}

/** Input of updateCampaign. */
@InputType({ description: "Input of updateCampaign." })
export class UpdateCampaignInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "The campaign's name." })
  name!: string;

  /** Which version. */
  @Field(() => String, { nullable: true, description: `${LATEST} Absent leaves it as it is.` })
  versionId?: string | null;

  /** How it answers. */
  @Field(() => CampaignConfigInput, {
    nullable: true,
    description: "How it is to answer, in place of how it did; absent leaves that as it is.",
  })
  campaignConfig?: CampaignConfigInput | null;
}

/** Payload of createCampaign and updateCampaign. */
@ObjectType({ simpleResolvers: true, description: "Payload of createCampaign and updateCampaign." })
export class CampaignPayload {
  /** The campaign. */
  @Field(() => Campaign, { nullable: true, description: "The campaign as stored; null when userErrors has entries." })
  campaign?: Campaign;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

/** Input of deleteCampaign. */
@InputType({ description: "Input of deleteCampaign." })
export class DeleteCampaignInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "The campaign's name." })
  name!: string;
}
