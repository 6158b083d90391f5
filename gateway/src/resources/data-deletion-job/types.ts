import * as dataset from "@palate/proto/dataset";
import type {
  DataDeletionJob as DataDeletionJobMessage,
  DataRemoval as DataRemovalMessage,
} from "@palate/proto/dataset";
import { Field, InputType, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";

const DeletionKind = {
  USERS: dataset.DeletionKind.DELETION_KIND_USERS,
  ITEMS: dataset.DeletionKind.DELETION_KIND_ITEMS,
} as const;
registerEnumType(DeletionKind, {
  name: "DeletionKind",
  description: "What a deletion deletes.",
  valuesConfig: {
    USERS: { description: "Users: their attributes and all that they did, in anonymous sessions too." },
    ITEMS: { description: "Items: their attributes, interactions with them, and their mention in impressions." },
  },
});

@ObjectType({ simpleResolvers: true, description: "What a deletion removed from one kind of place." })
export class DataRemoval {
  @Field(() => String, {
    description: 'The place: "log documents", "interactions files", "exports", "uploads" and so on.',
  })
  place!: string;

  @Field(() => SafeInt, { description: "Documents or files that held something and were written anew or removed." })
  objects!: number;

  @Field(() => SafeInt, { description: "Rows removed, or changed where only a mention of an item was taken out." })
  rows!: number;

  @Field(() => DateTime, { nullable: true, description: "When it was done." })
  doneAt!: number | null;

  /** From the proto's message. */
  static from({ doneAtMs, ...counts }: DataRemovalMessage): DataRemoval {
    return Object.assign(new DataRemoval(), { ...counts, doneAt: timeOrNull(doneAtMs) });
  }
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "The deletion of users or items, and the proof of it. It holds no id, only their salted hashes.",
})
export class DataDeletionJob implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("DataDeletionJob", this.datasetGroup, this.jobName);
  }

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  jobName!: string;

  @Field(() => DeletionKind, { description: "What is deleted." })
  kind!: number;

  @Field(() => ResourceStatus, {
    description:
      "Where it is in its life. CREATE IN_PROGRESS while files are written anew: answers have been without the ids since committedAt. ACTIVE when nothing stored holds them.",
  })
  status!: number;

  @Field(() => String, { nullable: true, description: "What went wrong last; the service goes on trying." })
  failureReason!: string | null;

  @Field(() => SafeInt, { description: "How many ids were given." })
  ids!: number;

  @Field(() => SafeInt, { description: "Rows removed or changed in all places." })
  numDeleted!: number;

  @Field(() => [DataRemoval], { description: "What was removed where." })
  removals!: DataRemoval[];

  @Field(() => [String], {
    description: "What the deletion does not reach: exports laid down elsewhere, filters that name an id.",
  })
  remains!: string[];

  @Field(() => String, { description: "Text that stands in front of an id when its hash is computed." })
  salt!: string;

  @Field(() => [String], { description: "SHA-256 of salt and id in hexadecimal; of the users' sessions too." })
  idHashes!: string[];

  @Field(() => DateTime, { nullable: true, description: "When the ids were gone for all readers." })
  committedAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: DataDeletionJobMessage): DataDeletionJob {
    return Object.assign(new DataDeletionJob(), {
      datasetGroup: message.datasetGroup,
      jobName: message.jobName,
      kind: message.kind,
      status: message.status,
      failureReason: message.failureReason || null,
      ids: message.ids,
      numDeleted: message.numDeleted,
      removals: message.removals.map((removal) => DataRemoval.from(removal)),
      remains: message.remains,
      salt: message.salt,
      idHashes: message.idHashes,
      committedAt: timeOrNull(message.committedAtMs),
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** A page of deletions. */
export const DataDeletionJobConnection = connectionType(DataDeletionJob, "DataDeletionJob");

@InputType({ description: "Input of createDataDeletionJob." })
export class CreateDataDeletionJobInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, {
    description:
      "Unique within the group, and best without an id in it; a retry with the same ids returns the same job.",
  })
  jobName!: string;

  @Field(() => DeletionKind, { description: "What to delete." })
  kind!: number;

  @Field(() => [String], { description: "The ids, at most 10,000; unknown ones are no error." })
  ids!: string[];
}

@ObjectType({ simpleResolvers: true, description: "Payload of createDataDeletionJob." })
export class CreateDataDeletionJobPayload {
  @Field(() => DataDeletionJob, {
    nullable: true,
    description: "The job: answers are without the ids by now, files follow; poll dataDeletionJob.",
  })
  dataDeletionJob?: DataDeletionJob;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
