import { CauseKind as Kind, type Cause as CauseMessage, type Explanation } from "@palate/proto/recipe";
import { Field, Float, ObjectType, registerEnumType } from "type-graphql";
import { Item } from "./item.js";

const CauseKind = {
  ITEM: Kind.CAUSE_KIND_ITEM,
  ATTRIBUTE: Kind.CAUSE_KIND_ATTRIBUTE,
  POPULARITY: Kind.CAUSE_KIND_POPULARITY,
  TREND: Kind.CAUSE_KIND_TREND,
  EXPLORATION: Kind.CAUSE_KIND_EXPLORATION,
  PROMOTION: Kind.CAUSE_KIND_PROMOTION,
  CALLER_ORDER: Kind.CAUSE_KIND_CALLER_ORDER,
} as const;
registerEnumType(CauseKind, {
  name: "CauseKind",
  description: "What kind of thing speaks for an item.",
  valuesConfig: {
    ITEM: { description: "An item that the user had, or the one asked about: in item." },
    ATTRIBUTE: { description: "A value of one of the item's columns: in column and value." },
    POPULARITY: { description: "That many users had it: how many in amount." },
    TREND: {
      description: "That it is had more often than before: how many times what one would expect in amount.",
    },
    EXPLORATION: { description: "That little is known of it, so that it is shown to learn about it." },
    PROMOTION: { description: "A promotion: its name in value." },
    CALLER_ORDER: { description: "The order in which a list to be ranked was given." },
  },
});

@ObjectType({ simpleResolvers: true, description: "One thing that speaks for an item." })
export class Cause {
  @Field(() => CauseKind, { description: "What it is." })
  kind!: number;

  @Field(() => Float, {
    description:
      "Share of all that speaks for the item, 0 to 1. Small causes are left out, so that shares can add up to less than 1.",
  })
  weight!: number;

  @Field(() => Item, {
    nullable: true,
    description:
      "The item that speaks for it; null for causes of other kinds. Attributes that the query reads are at hand.",
  })
  item!: Item | null;

  @Field(() => String, { nullable: true, description: "The column of an attribute." })
  column!: string | null;

  @Field(() => String, { nullable: true, description: "The value of an attribute, or the name of a promotion." })
  value!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "Users who had the item (POPULARITY), or times as often as one would expect (TREND).",
  })
  amount!: number | null;
}

function toCause(datasetGroup: string, cause: CauseMessage): Cause {
  const columns = Object.entries(cause.metadata).map(([name, value]) => ({ name, values: [value] }));
  return {
    kind: cause.kind,
    weight: Number(cause.weight.toPrecision(7)),
    item: cause.itemId === "" ? null : new Item(datasetGroup, cause.itemId, columns),
    column: cause.column || null,
    value: cause.value || null,
    amount: cause.amount || null,
  };
}

/** What nearly every item of an answer has, since nobody asked. */
const NONE: Cause[] = [];

/** What speaks for one item of an answer; nothing when it was not asked for. */
export function toCauses(datasetGroup: string, explanation: Explanation | undefined): Cause[] {
  if (explanation === undefined) return NONE;
  return explanation.causes
    .filter(({ kind }) => kind !== Kind.CAUSE_KIND_UNSPECIFIED)
    .map((cause) => toCause(datasetGroup, cause));
}
