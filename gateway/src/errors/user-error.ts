import { Field, ObjectType, registerEnumType } from "type-graphql";

const UserErrorCode = {
  BAD_USER_INPUT: "BAD_USER_INPUT",
  NOT_FOUND: "NOT_FOUND",
  ALREADY_EXISTS: "ALREADY_EXISTS",
  FAILED_PRECONDITION: "FAILED_PRECONDITION",
} as const;

registerEnumType(UserErrorCode, {
  name: "UserErrorCode",
  description: "What kind of mistake a user error is about, in the same words as extensions.code of errors.",
  valuesConfig: {
    BAD_USER_INPUT: { description: "A value is not acceptable; the message says what would be." },
    NOT_FOUND: { description: "Something the input names does not exist." },
    ALREADY_EXISTS: { description: "The name is taken." },
    FAILED_PRECONDITION: { description: "Right, but not now; the message says what to do first." },
  },
});

@ObjectType({ simpleResolvers: true, description: "Something about a mutation's input that the caller can put right." })
export class UserError {
  @Field(() => String, {
    nullable: true,
    description:
      'Where in the input, for example "name" or "interactions[3].itemId"; null when the whole input is meant.',
  })
  field!: string | null;

  @Field(() => String, { description: "What is wrong there, and what would be right." })
  message!: string;

  @Field(() => UserErrorCode, { description: "What kind of mistake it is." })
  code!: string;
}
