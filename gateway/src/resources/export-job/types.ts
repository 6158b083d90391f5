import * as dataset from "@palate/proto/dataset";
import { ResourceStatus as Status, type DatasetExportJob } from "@palate/proto/dataset";
import { Field, InputType, ObjectType, registerEnumType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { exportPath } from "../../public-paths.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, ResourceStatus, SafeInt, timeOrNull } from "../common/scalars.js";
import { DatasetType } from "../dataset/types.js";

const IngestionMode = {
  BULK: dataset.IngestionMode.INGESTION_MODE_BULK,
  PUT: dataset.IngestionMode.INGESTION_MODE_PUT,
  ALL: dataset.IngestionMode.INGESTION_MODE_ALL,
} as const;
registerEnumType(IngestionMode, {
  name: "IngestionMode",
  description: "Which rows an export has, by the way they came.",
  valuesConfig: {
    BULK: { description: "Those that were imported." },
    PUT: { description: "Those that were streamed." },
    ALL: { description: "All." },
  },
});

const ExportFormat = {
  CSV: dataset.ExportFormat.EXPORT_FORMAT_CSV,
  JSON_LINES: dataset.ExportFormat.EXPORT_FORMAT_JSON_LINES,
  PARQUET: dataset.ExportFormat.EXPORT_FORMAT_PARQUET,
} as const;
registerEnumType(ExportFormat, {
  name: "ExportFormat",
  description: "How an export's file is written.",
  valuesConfig: {
    CSV: { description: "Comma-separated values with a header, as imports take them." },
    JSON_LINES: { description: "One JSON object a line." },
    PARQUET: { description: "Parquet." },
  },
});

@ObjectType({ implements: Node, simpleResolvers: true, description: "An export of a dataset's rows into one file." })
export class ExportJob implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("ExportJob", this.datasetGroup, this.jobName);
  }

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  jobName!: string;

  @Field(() => DatasetType, { description: "The dataset exported." })
  datasetType!: number;

  @Field(() => IngestionMode, { description: "Which rows it has." })
  ingestionMode!: number;

  @Field(() => ExportFormat, { description: "How the file is written." })
  format!: number;

  @Field(() => String, {
    nullable: true,
    description: "Where the file was laid down; null for one that is kept here and fetched from downloadUrl.",
  })
  destination!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Where this gateway serves the file; null before it is ACTIVE, and when it was laid down elsewhere.",
  })
  downloadUrl!: string | null;

  @Field(() => ResourceStatus, { description: "Where it is in its life." })
  status!: number;

  @Field(() => String, { nullable: true, description: "Why it failed." })
  failureReason!: string | null;

  @Field(() => SafeInt, { description: "Rows in the file." })
  rows!: number;

  @Field(() => SafeInt, { description: "Bytes of the file." })
  bytes!: number;

  @Field(() => String, { nullable: true, description: "SHA-256 of the file in hexadecimal." })
  sha256!: string | null;

  @Field(() => SafeInt, {
    description: "Rows that were taken out of the file since, because their user or item was deleted.",
  })
  rowsDeleted!: number;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  /** From the proto's message. */
  static from(message: DatasetExportJob): ExportJob {
    const { datasetGroup, jobName, fileName, destination, status } = message;
    const isHere = destination === "" && status === Status.RESOURCE_STATUS_ACTIVE;
    return Object.assign(new ExportJob(), {
      datasetGroup,
      jobName,
      datasetType: message.datasetType,
      ingestionMode: message.ingestionMode,
      format: message.format,
      destination: destination || null,
      downloadUrl: isHere ? exportPath(datasetGroup, jobName, fileName) : null,
      status,
      failureReason: message.failureReason || null,
      rows: message.rows,
      bytes: message.bytes,
      sha256: message.sha256 || null,
      rowsDeleted: message.rowsDeleted,
      createdAt: timeOrNull(message.createdAtMs),
      updatedAt: timeOrNull(message.updatedAtMs),
    });
  }
}

/** A page of export jobs. */
export const ExportJobConnection = connectionType(ExportJob, "ExportJob");

@InputType({ description: "Input of createExportJob." })
export class CreateExportJobInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, {
    description: "Unique within the group; a retry with the same name and content returns the same job.",
  })
  jobName!: string;

  @Field(() => DatasetType, { description: "The dataset to export." })
  datasetType!: number;

  @Field(() => IngestionMode, {
    defaultValue: IngestionMode.PUT,
    description: "Which rows; those that were streamed unless said, as with Amazon Personalize.",
  })
  ingestionMode!: number;

  @Field(() => ExportFormat, { defaultValue: ExportFormat.CSV, description: "How to write the file." })
  format!: number;

  @Field(() => String, {
    defaultValue: "",
    description:
      'Where the file goes: a path inside the export folders or "s3://BUCKET/KEY" of the export buckets; one that ends in "/" is a folder. Nothing is overwritten. Left out, the file is kept here and fetched from downloadUrl.',
  })
  destination!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createExportJob." })
export class CreateExportJobPayload {
  @Field(() => ExportJob, { nullable: true, description: "The job, which goes on in the background; poll exportJob." })
  exportJob?: ExportJob;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "Input of deleteExportJob." })
export class DeleteExportJobInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "The job's name." })
  jobName!: string;
}
