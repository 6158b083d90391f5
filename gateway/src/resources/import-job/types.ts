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
import { ImportMapping } from "./mapping.js";

const ImportMode = {
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

const ImportPhase = {
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

@ObjectType({ simpleResolvers: true, description: "One reason why rows of an imported file were refused." })
export class ImportProblem {
  @Field(() => SafeInt, { description: "Line in the file, the header being line 1; 0 when the whole file is meant." })
  line!: number;

  @Field(() => String, { description: "The column; empty when the whole row or file is meant." })
  column!: string;

  @Field(() => String, { description: "The offending value, at most 200 characters." })
  value!: string;

  @Field(() => String, { description: "What is wrong and what would be right." })
  message!: string;

  @Field(() => String, { description: "The file it is in, when the import has several; else empty." })
  file!: string;
}

@ObjectType({ simpleResolvers: true, description: "One file of an import." })
export class ImportedFile {
  @Field(() => String, { description: "Where it was." })
  location!: string;

  @Field(() => SafeInt, { description: "Rows in it." })
  rows!: number;

  @Field(() => SafeInt, { description: "Bytes read of it, compressed as it was." })
  bytes!: number;
}

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

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  jobName!: string;

  @Field(() => DatasetType, { description: "The dataset imported into." })
  datasetType!: number;

  @Field(() => String, { description: "The first of the locations." })
  location!: string;

  @Field(() => [String], { description: "Everything that was to be imported." })
  locations!: string[];

  @Field(() => Boolean, { description: "Whether the files were to be checked only." })
  dryRun!: boolean;

  @Field(() => ImportMode, { nullable: true, description: "How what was imported before is treated." })
  importMode!: number | null;

  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  @Field(() => String, { nullable: true, description: "Why it failed, in one sentence with the first problem." })
  failureReason!: string | null;

  @Field(() => [ImportProblem], { description: "The first problems found, at most 100." })
  problems!: ImportProblem[];

  @Field(() => SafeInt, { description: "How many rows had problems." })
  problemRows!: number;

  @Field(() => SafeInt, { description: "Rows in the file." })
  rows!: number;

  @Field(() => Float, { description: "Share done, 0 to 1." })
  progress!: number;

  @Field(() => ImportPhase, { nullable: true, description: "What it is doing." })
  phase!: number | null;

  @Field(() => SafeInt, { description: "Bytes read so far, compressed as they were." })
  bytesRead!: number;

  @Field(() => SafeInt, { nullable: true, description: "Bytes of all files; null while that is not known." })
  bytesTotal!: number | null;

  @Field(() => [ImportedFile], { description: "The files read, in order; at most the first 1000." })
  files!: ImportedFile[];

  @Field(() => SafeInt, { description: "How many files were read." })
  fileCount!: number;

  @Field(() => ImportMapping, {
    nullable: true,
    description: "How the files' rows became rows of the dataset; null when nothing was said.",
  })
  mapping!: ImportMapping | null;

  @Field(() => [String], { description: "Columns of the files that were left out, at most 100." })
  ignoredColumns!: string[];

  @Field(() => SafeInt, {
    description:
      "Rows of the files, or with explode those that their elements make, that the mapping's filter left out.",
  })
  filteredRows!: number;

  @Field(() => [String], {
    description:
      "What was decided about the files without being asked for, one sentence each, such as that times without a zone are UTC.",
  })
  notes!: string[];

  @Field(() => String, {
    nullable: true,
    description:
      "Where this gateway serves a page about the imported rows, as one HTML file that can be stored and opened without a network; null when there is no analysis.",
  })
  reportUrl!: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

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
      mapping: ImportMapping.from(message.mapping),
      ignoredColumns: message.ignoredColumns,
      filteredRows: message.filteredRows,
      notes: message.notes,
      reportUrl: message.analysed ? importReportPath(message.datasetGroup, message.jobName) : null,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** A page of import jobs. */
export const ImportJobConnection = connectionType(ImportJob, "ImportJob");

@InputType({ description: "Input of createImportJob." })
export class CreateImportJobInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, {
    description: "Unique within the group; a retry with the same name and content returns the same job.",
  })
  jobName!: string;

  @Field(() => DatasetType, { description: "The dataset to import into." })
  datasetType!: number;

  @Field(() => String, {
    defaultValue: "",
    description:
      'Where the rows are: the location that POST /uploads answered, a file, folder or pattern ("/data/items-*.csv") inside the import folders, "s3://BUCKET/PREFIX", or an http(s) address.',
  })
  location!: string;

  @Field(() => [String], {
    defaultValue: [],
    description: "Further locations; all become part of the dataset at once, or none.",
  })
  locations!: string[];

  @Field(() => ImportMode, {
    defaultValue: ImportMode.FULL,
    description: "Replace what was imported before, or add to it.",
  })
  importMode!: number;

  @Field(() => Boolean, { defaultValue: false, description: "Check the file and report, but change nothing." })
  dryRun!: boolean;

  @Field(() => ImportMapping, {
    nullable: true,
    description:
      "How the files' rows become rows of the dataset; absent when they have the schema's columns and forms.",
  })
  mapping?: ImportMapping | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createImportJob." })
export class CreateImportJobPayload {
  @Field(() => ImportJob, { nullable: true, description: "The job, which goes on in the background; poll importJob." })
  importJob?: ImportJob;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of stopImportJob." })
export class StopImportJobInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "The job's name." })
  jobName!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of stopImportJob." })
export class StopImportJobPayload {
  @Field(() => ImportJob, { nullable: true, description: "The job as it is now, stopping or stopped." })
  importJob?: ImportJob;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
