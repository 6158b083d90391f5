import type { CampaignConfig as CampaignConfigMessage } from "@palate/proto/recipe";
import { Field, Float, InputType, ObjectType } from "type-graphql";

const WEIGHT =
  "How much new items are shown to learn about them: 0 (never; exactly the model's list) to 1 (what is least known first).";
const AGE =
  "Age of a new item at most, in days before the newest interaction: since its CREATION_TIMESTAMP, else since its oldest interaction.";

@ObjectType({ simpleResolvers: true, description: "How much new items are shown to learn about them." })
export class ItemExplorationConfig {
  @Field(() => Float, { description: WEIGHT })
  explorationWeight!: number;

  @Field(() => Float, { description: AGE })
  explorationItemAgeCutOff!: number;
}

const HIDING =
  'Event types after which an item is in no answer to the user any more, promoted or not; case does not matter. The same type with "un" before it ("unhide") takes it back.';

@ObjectType({ simpleResolvers: true, description: "Which events hide an item from the user who sent them." })
export class HiddenItemsConfig {
  @Field(() => [String], { description: HIDING })
  eventTypes!: string[];
}

@ObjectType({ simpleResolvers: true, description: "How a campaign answers." })
export class CampaignConfig {
  @Field(() => ItemExplorationConfig, {
    nullable: true,
    description: "How new items are explored; null for recipes that do not explore.",
  })
  itemExplorationConfig!: ItemExplorationConfig | null;

  @Field(() => HiddenItemsConfig, { description: "Which events hide an item from the user." })
  hiddenItemsConfig!: HiddenItemsConfig;

  /** From the proto's message. */
  static from({ itemExplorationConfig: own, hiddenItemsConfig: hidden }: CampaignConfigMessage): CampaignConfig {
    const exploration = own && {
      explorationWeight: own.explorationWeight ?? 0,
      explorationItemAgeCutOff: own.explorationItemAgeCutOff ?? 0,
    };
    const hiddenItemsConfig = { eventTypes: [...(hidden?.eventTypes ?? [])] };
    return Object.assign(new CampaignConfig(), { itemExplorationConfig: exploration ?? null, hiddenItemsConfig });
  }
}

@InputType({ description: "How new items are to be explored, by recipes that explore." })
export class ItemExplorationConfigInput {
  @Field(() => Float, { nullable: true, description: `${WEIGHT} Absent means 0.3.` })
  explorationWeight?: number | null;

  @Field(() => Float, { nullable: true, description: `${AGE} Above 0; absent means 30.` })
  explorationItemAgeCutOff?: number | null;
}

@InputType({ description: "Which events are to hide an item from the user who sent them." })
export class HiddenItemsConfigInput {
  @Field(() => [String], { description: `${HIDING} At most 10; none: nothing is hidden.` })
  eventTypes!: string[];
}

@InputType({ description: "How a campaign is to answer." })
export class CampaignConfigInput {
  @Field(() => ItemExplorationConfigInput, {
    nullable: true,
    description: "How new items are explored; only for recipes that explore.",
  })
  itemExplorationConfig?: ItemExplorationConfigInput | null;

  @Field(() => HiddenItemsConfigInput, {
    nullable: true,
    description: 'Which events hide an item from the user; absent means "hide".',
  })
  hiddenItemsConfig?: HiddenItemsConfigInput | null;
}

/** The proto's message of an input; undefined when nothing was given. */
export function toCampaignConfig(input: CampaignConfigInput | null | undefined): CampaignConfigMessage | undefined {
  const own = input?.itemExplorationConfig;
  const hidden = input?.hiddenItemsConfig;
  if (!own && !hidden) return undefined;
  return {
    itemExplorationConfig: own
      ? {
          explorationWeight: own.explorationWeight ?? undefined,
          explorationItemAgeCutOff: own.explorationItemAgeCutOff ?? undefined,
        }
      : undefined,
    hiddenItemsConfig: hidden ? { eventTypes: hidden.eventTypes } : undefined,
  };
}
