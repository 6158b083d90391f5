import * as dataset from "@palate/proto/dataset";
import type { DatasetImportJob } from "@palate/proto/dataset";
import { Field, Float, InputType, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { importReportPath } from "../../public-paths.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, enumOrNull, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";

/** How an import treats what was imported before. */
export const ImportMode = {
  FULL: dataset.ImportMode.IMPORT_MODE_FULL,
  INCREMENTAL: dataset.ImportMode.IMPORT_MODE_INCREMENTAL,
} as const;
registerEnumType(ImportMode, {
  name: "ImportMode",
  description: "How an import treats what was imported before.",
  valuesConfig: {
    FULL: { description: "Replaces it. Records that were streamed stay." },
    INCREMENTAL: { description: "Adds to it; items and users replace rows with the same id." },
  },
});

/** What an import job is doing. */
export const ImportPhase = {
  WAITING: dataset.ImportPhase.IMPORT_PHASE_WAITING,
  READING: dataset.ImportPhase.IMPORT_PHASE_READING,
  ANALYSING: dataset.ImportPhase.IMPORT_PHASE_ANALYSING,
  STORING: dataset.ImportPhase.IMPORT_PHASE_STORING,
  DONE: dataset.ImportPhase.IMPORT_PHASE_DONE,
} as const;
registerEnumType(ImportPhase, {
  name: "ImportPhase",
  description: "What an import job is doing.",
  valuesConfig: {
    WAITING: { description: "Waiting for the jobs before it." },
    READING: { description: "Reading, checking and converting the files." },
    ANALYSING: { description: "Looking at what the rows say." },
    STORING: { description: "Storing the rows and making them part of the dataset." },
    DONE: { description: "Over, well or not." },
  },
});

/** Why rows were refused. */
@ObjectType({ simpleResolvers: true, description: "One reason why rows of an imported file were refused." })
export class ImportProblem {
  /** Line in the file. */
  @Field(() => SafeInt, { description: "Line in the file, the header being line 1; 0 when the whole file is meant." })
  line!: number;

  /** The column. */
  @Field(() => String, { description: "The column; empty when the whole row or file is meant." })
  column!: string;

  /** The offending value. */
  @Field(() => String, { description: "The offending value, at most 200 characters." })
  value!: string;

  /** What is wrong. */
  @Field(() => String, { description: "What is wrong and what would be right." })
  message!: string;

  /** The file it is in. */
  @Field(() => String, { description: "The file it is in, when the import has several; else empty." })
  file!: string;
}

/** One file of an import. */
@ObjectType({ simpleResolvers: true, description: "One file of an import." })
export class ImportedFile {
  /** Where it was. */
  @Field(() => String, { description: "Where it was." })
  location!: string;

  /** Rows. */
  @Field(() => SafeInt, { description: "Rows in it." })
  rows!: number;

  /** Bytes. */
  @Field(() => SafeInt, { description: "Bytes read of it, compressed as it was." })
  bytes!: number;
}

/** An import job. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "An import of files into a dataset. A failed or stopped import leaves the dataset as it was.",
})
export class ImportJob implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("ImportJob", this.datasetGroup, this.jobName);
  }

  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "Its name, unique within the group." })
  jobName!: string;

  /** The dataset imported into. */
  @Field(() => DatasetType, { description: "The dataset imported into." })
  datasetType!: number;

  /** Where the first file was. */
  @Field(() => String, { description: "The first of the locations." })
  location!: string;

  /** Everything asked for. */
  @Field(() => [String], { description: "Everything that was to be imported." })
  locations!: string[];

  /** Only a check. */
  @Field(() => Boolean, { description: "Whether the files were to be checked only." })
  dryRun!: boolean;

  /** How what was there is treated. */
  @Field(() => ImportMode, { nullable: true, description: "How what was imported before is treated." })
  importMode!: number | null;

  /** Where it is in its life. */
  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  /** Why it failed. */
  @Field(() => String, { nullable: true, description: "Why it failed, in one sentence with the first problem." })
  failureReason!: string | null;

  /** The first problems. */
  @Field(() => [ImportProblem], { description: "The first problems found, at most 100." })
  problems!: ImportProblem[];

  /** Rows with problems. */
  @Field(() => SafeInt, { description: "How many rows had problems." })
  problemRows!: number;

  /** Rows in the file. */
  @Field(() => SafeInt, { description: "Rows in the file." })
  rows!: number;

  /** Share done. */
  @Field(() => Float, { description: "Share done, 0 to 1." })
  progress!: number;

  /** What it is doing. */
  @Field(() => ImportPhase, { nullable: true, description: "What it is doing." })
  phase!: number | null;

  /** Bytes read. */
  @Field(() => SafeInt, { description: "Bytes read so far, compressed as they were." })
  bytesRead!: number;

  /** Bytes in all. */
  @Field(() => SafeInt, { nullable: true, description: "Bytes of all files; null while that is not known." })
  bytesTotal!: number | null;

  /** Its files. */
  @Field(() => [ImportedFile], { description: "The files read, in order; at most the first 1000." })
  files!: ImportedFile[];

  /** How many files. */
  @Field(() => SafeInt, { description: "How many files were read." })
  fileCount!: number;

  /** A page about it. */
  @Field(() => String, {
    nullable: true,
    description:
      "Where this gateway serves a page about the imported rows, as one HTML file that can be stored and opened without a network; null when there is no analysis.",
  })
  reportUrl!: string | null;

  /** When it was created. */
  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** When it last changed. */
  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: DatasetImportJob): ImportJob {
    return Object.assign(new ImportJob(), {
      datasetGroup: message.datasetGroup,
      jobName: message.jobName,
      datasetType: message.datasetType,
      location: message.location,
      importMode: enumOrNull(message.importMode),
      status: message.status,
      failureReason: message.failureReason || null,
      problems: message.problems,
      problemRows: message.problemRows,
      rows: message.rows,
      progress: message.progress,
      locations: message.locations,
      dryRun: message.dryRun,
      phase: enumOrNull(message.phase),
      bytesRead: message.bytesRead,
      bytesTotal: message.bytesTotal || null,
      files: message.files,
      fileCount: message.fileCount,
      reportUrl: message.analysed ? importReportPath(message.datasetGroup, message.jobName) : null,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** A page of import jobs. */
export const ImportJobConnection = connectionType(ImportJob, "ImportJob");

/** Input of createImportJob. */
@InputType({ description: "Input of createImportJob." })
export class CreateImportJobInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, {
    description: "Unique within the group; a retry with the same name and content returns the same job.",
  })
  jobName!: string;

  /** The dataset to import into. */
  @Field(() => DatasetType, { description: "The dataset to import into." })
  datasetType!: number;

  /** Where the file is. */
  @Field(() => String, {
    defaultValue: "",
    description:
      'Where the rows are: the location that POST /uploads answered, a file, folder or pattern ("/data/items-*.csv") inside the import folders, "s3://BUCKET/PREFIX", or an http(s) address.',
  })
  location!: string;

  /** Further locations. */
  @Field(() => [String], {
    defaultValue: [],
    description: "Further locations; all become part of the dataset at once, or none.",
  })
  locations!: string[];

  /** How to treat what is there. */
  @Field(() => ImportMode, {
    defaultValue: ImportMode.FULL,
    description: "Replace what was imported before, or add to it.",
  })
  importMode!: number;

  /** Only check. */
  @Field(() => Boolean, { defaultValue: false, description: "Check the file and report, but change nothing." })
  dryRun!: boolean;
}

/** Payload of createImportJob. */
@ObjectType({ simpleResolvers: true, description: "Payload of createImportJob." })
export class CreateImportJobPayload {
  /** The job. */
  @Field(() => ImportJob, { nullable: true, description: "The job, which goes on in the background; poll importJob." })
  importJob?: ImportJob;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

/** Input of stopImportJob. */
@InputType({ description: "Input of stopImportJob." })
export class StopImportJobInput {
  /** The dataset group. */
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  /** Its name. */
  @Field(() => String, { description: "The job's name." })
  jobName!: string;
}

/** Payload of stopImportJob. */
@ObjectType({ simpleResolvers: true, description: "Payload of stopImportJob." })
export class StopImportJobPayload {
  /** The job. */
  @Field(() => ImportJob, { nullable: true, description: "The job as it is now, stopping or stopped." })
  importJob?: ImportJob;

  /** What to put right. */
  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
