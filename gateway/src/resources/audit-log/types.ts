import { AuditPhase as Phase, type AuditEntry as AuditEntryMessage } from "@palate/proto/dataset";
import { ArgsType, Field, InputType, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType, PageArgs } from "../common/connection.js";
import { DateTime, SafeInt } from "../common/scalars.js";

const AuditPhase = {
  STARTED: Phase.AUDIT_PHASE_STARTED,
  ENDED: Phase.AUDIT_PHASE_ENDED,
  DONE: Phase.AUDIT_PHASE_DONE,
  COUNTED: Phase.AUDIT_PHASE_COUNTED,
} as const;
registerEnumType(AuditPhase, {
  name: "AuditPhase",
  description: "Which part of what was done an entry tells.",
  valuesConfig: {
    STARTED: {
      description: "Something is about to be done. One without ENDED was cut off, and its outcome is not known.",
    },
    ENDED: { description: "What an entry STARTED tells of is over." },
    DONE: { description: "Something that is told by one entry." },
    COUNTED: { description: "Several calls of one kind, which are counted rather than told one by one." },
  },
});

@ObjectType({ simpleResolvers: true, description: "Who did something, and from where." })
export class AuditCaller {
  @Field(() => String, { description: 'How they showed who they are: "local", "apiKey" or "token".' })
  kind!: string;

  @Field(() => String, { description: "Their id, which is no secret." })
  id!: string;

  @Field(() => String, { nullable: true, description: "What people call them." })
  name!: string | null;

  @Field(() => String, { nullable: true, description: "Network address that the request came from." })
  sourceAddress!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "One entry of the audit log. None holds an id of a user or item, a text or a secret.",
})
export class AuditEntry {
  @Field(() => SafeInt, { description: "Its number; none is left out." })
  sequence!: number;

  @Field(() => DateTime, { description: "When it was recorded." })
  at!: Date;

  @Field(() => AuditPhase, { description: "Which part of what was done it tells." })
  phase!: number;

  @Field(() => AuditCaller, { description: "Who did it." })
  caller!: AuditCaller;

  @Field(() => String, { description: 'What was done: the name of a mutation, "upload", "download".' })
  operation!: string;

  @Field(() => String, { nullable: true, description: "The dataset group; null where it is about none." })
  datasetGroup!: string | null;

  @Field(() => [String], { description: 'What else is named, as "jobName=nightly".' })
  resources!: string[];

  @Field(() => String, {
    nullable: true,
    description: '"OK", or the code of what went wrong, as in errors and userErrors; null in entries STARTED.',
  })
  outcome!: string | null;

  @Field(() => SafeInt, { nullable: true, description: "Milliseconds that it took; in ENDED." })
  durationMs!: number | null;

  @Field(() => SafeInt, { nullable: true, description: "Calls that a COUNTED entry stands for." })
  calls!: number | null;

  @Field(() => SafeInt, { nullable: true, description: "Records in those calls." })
  records!: number | null;

  @Field(() => SafeInt, { nullable: true, description: "In ENDED: number of its STARTED." })
  startedSequence!: number | null;

  @Field(() => String, { description: "Names the request, or is what the client called it (x-request-id)." })
  requestId!: string;

  @Field(() => String, { description: "SHA-256 of the entry before, in hexadecimal." })
  previousHash!: string;

  @Field(() => String, { description: "SHA-256 of this entry, in hexadecimal." })
  hash!: string;

  /** From the proto's message. */
  static from(message: AuditEntryMessage): AuditEntry {
    const { kind = "", id = "", name = "", sourceAddress = "" } = message.caller ?? {};
    const isCounted = message.phase === Phase.AUDIT_PHASE_COUNTED;
    const isEnd = message.phase === Phase.AUDIT_PHASE_ENDED;
    return Object.assign(new AuditEntry(), {
      ...message,
      at: new Date(message.atMs),
      caller: Object.assign(new AuditCaller(), { kind, id, name: name || null, sourceAddress: sourceAddress || null }),
      datasetGroup: message.datasetGroup || null,
      outcome: message.outcome || null,
      durationMs: isEnd ? message.durationMs : null,
      calls: isCounted ? message.calls : null,
      records: isCounted ? message.records : null,
      startedSequence: isEnd ? message.startedSequence : null,
    });
  }
}

/** A page of entries. */
export const AuditEntryConnection = connectionType(AuditEntry, "AuditEntry");

/** Arguments of auditLog. */
@ArgsType()
export class AuditLogArgs extends PageArgs {
  @Field(() => DateTime, { nullable: true, description: "Only what was recorded at this time or later." })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: "Only what was recorded before this time." })
  to?: Date | null;

  @Field(() => String, { nullable: true, description: "Only what the caller of this id did." })
  callerId?: string | null;

  @Field(() => String, { nullable: true, description: "Only what is about this dataset group." })
  datasetGroup?: string | null;

  @Field(() => String, { nullable: true, description: "Only this operation." })
  operation?: string | null;

  @Field(() => String, { nullable: true, description: 'Only this outcome, "OK" say.' })
  outcome?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Something that is wrong with the audit log." })
export class AuditProblem {
  @Field(() => SafeInt, { description: "Number of the entry that it is about." })
  sequence!: number;

  @Field(() => String, { description: "What is wrong." })
  message!: string;
}

@ObjectType({ simpleResolvers: true, description: "What the verification of the audit log found." })
export class AuditVerification {
  @Field(() => Boolean, { description: "Whether every entry is as it was written, and none is missing." })
  intact!: boolean;

  @Field(() => [AuditProblem], { description: "What is wrong; the first hundred." })
  problems!: AuditProblem[];

  @Field(() => SafeInt, { description: "Entries checked." })
  checked!: number;

  @Field(() => SafeInt, { description: "Number of the first entry that the log holds." })
  firstSequence!: number;

  @Field(() => String, {
    nullable: true,
    description:
      '"NUMBER:HASH" of the newest entry. Noted outside and given to a later verification, it shows a cut-off end too. Null while there is none.',
  })
  checkpoint!: string | null;
}

@InputType({ description: "Input of trimAuditLog." })
export class TrimAuditLogInput {
  @Field(() => String, {
    description: '"NUMBER:HASH" of the last entry that may go, as whoever has exported the log knows it.',
  })
  throughCheckpoint!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of trimAuditLog." })
export class TrimAuditLogPayload {
  @Field(() => SafeInt, { nullable: true, description: "Entries removed." })
  removed?: number;

  @Field(() => SafeInt, { nullable: true, description: "Number of the first entry that the log holds now." })
  firstSequence?: number;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
