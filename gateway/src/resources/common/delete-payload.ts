import { Field, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";

@ObjectType({ simpleResolvers: true, description: "Payload of a delete mutation." })
export class DeletePayload {
  @Field(() => Boolean, { nullable: true, description: "true when it was deleted; null when userErrors has entries." })
  deleted?: boolean;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
