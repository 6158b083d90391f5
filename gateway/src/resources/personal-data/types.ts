import { Field, ObjectType } from "type-graphql";
import { SafeInt } from "../common/scalars.js";

@ObjectType({ simpleResolvers: true, description: "All that is stored of one person, as they may have it." })
export class PersonalData {
  @Field(() => String, {
    description:
      "A JSON document, its values exactly as they are stored: users (every stored row of their attributes), interactions and actionInteractions (those of their anonymous sessions among them), sessions, batchOutputs, filters and importProblems that name them.",
  })
  json!: string;

  @Field(() => SafeInt, { description: "Rows in it." })
  rows!: number;
}
