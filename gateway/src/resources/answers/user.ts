import { Directive, Field, ObjectType } from "type-graphql";
import { ID } from "../common/scalars.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";

/** Built for every row of every segment, so it holds no more than it must. */
@Directive('@key(fields: "id")')
@Directive('@key(fields: "datasetGroup userId")')
@ObjectType({ implements: Node, simpleResolvers: true, description: "A user of a dataset group." })
export class User implements Node {
  @Field(() => String, { description: "Name of the dataset group." })
  readonly datasetGroup: string;

  @Field(() => ID, { description: "Their id as in the interactions and users data, or an anonymous session's." })
  readonly userId: string;

  constructor(datasetGroup: string, userId: string) {
    this.datasetGroup = datasetGroup;
    this.userId = userId;
  }

  /** Global id; made only when asked for. */
  get id(): string {
    return toGlobalId("User", this.datasetGroup, this.userId);
  }
}
