import type { MetadataColumn } from "@palate/proto/recipe";
import { Arg, Directive, Field, ObjectType } from "type-graphql";
import { ID } from "../common/scalars.js";
import { toGlobalId } from "../common/global-id.js";
import { NameValue } from "../common/name-value.js";
import { Node } from "../common/node.js";
import { attributeIn, attributesIn } from "./attributes.js";

const NONE: readonly MetadataColumn[] = [];

/** Built for every row of every recommendation, so it only points into the answer it came from. */
@Directive('@key(fields: "id")')
@Directive('@key(fields: "datasetGroup itemId")')
@ObjectType({ implements: Node, simpleResolvers: true, description: "An item of a dataset group's catalogue." })
export class Item implements Node {
  @Field(() => String, { description: "Name of the dataset group." })
  readonly datasetGroup: string;

  @Field(() => ID, { description: "Its id as in the interactions and items data." })
  readonly itemId: string;

  readonly #columns: readonly MetadataColumn[];
  readonly #row: number;

  /** @param row its place in each of `columns` */
  constructor(datasetGroup: string, itemId: string, columns: readonly MetadataColumn[] = NONE, row = 0) {
    this.datasetGroup = datasetGroup;
    this.itemId = itemId;
    this.#columns = columns;
    this.#row = row;
  }

  /** Global id; made only when asked for. */
  get id(): string {
    return toGlobalId("Item", this.datasetGroup, this.itemId);
  }

  @Field(() => [NameValue], {
    description:
      "Columns of the items dataset with the item's values, those without a value left out. Empty where the item does not come from recommendations.",
  })
  attributes(): NameValue[] {
    return attributesIn(this.#columns, this.#row);
  }

  @Field(() => String, { nullable: true, description: "Value of one column; null when the item has none." })
  attribute(
    @Arg("name", () => String, { description: 'The column, for example "DESCRIPTION".' }) name: string,
  ): string | null {
    return attributeIn(this.#columns, this.#row, name);
  }
}
