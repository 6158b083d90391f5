import { PalateError } from "@palate/host";
import { Arg, Ctx, Query, Resolver } from "type-graphql";
import type { GatewayContext } from "../common/context.js";
import { batchOutputsOf } from "./batch-outputs.js";
import { PersonalData } from "./types.js";

/** Most bytes of a document: it is put together in memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Version of the document's form. */
const VERSION = 1;

/** The sections of the document, in order; each is there, empty or not. */
const SECTIONS = [
  ...["users", "interactions", "actionInteractions", "sessions", "batchOutputs", "filters", "importProblems"],
];

/** What is stored of persons. */
@Resolver()
export class PersonalDataResolver {
  @Query(() => PersonalData, {
    nullable: true,
    description:
      "All that is stored of one user, for the person to have. Models hold no user ids, and are not in it. Empty lists when nothing is stored.",
  })
  personalData(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("userId", () => String, { description: "The person, by their user id." }) userId: string,
    @Ctx() context: GatewayContext,
  ): Promise<PersonalData> {
    const read = () => readPersonalData(context, datasetGroup, userId);
    const what = { operation: "personalData", datasetGroup, resources: [] };
    return context.audit === undefined ? read() : context.audit.around(context.origin, what, read, () => "OK");
  }
}

async function readPersonalData(context: GatewayContext, datasetGroup: string, userId: string): Promise<PersonalData> {
  const { datasets, asking } = context;
  const sections = new Map<string, string[]>(SECTIONS.map((section) => [section, []]));
  let bytes = 0;
  for await (const part of datasets.stream(datasets.client.readPersonalData, { datasetGroup, userId }, asking)) {
    for (const row of part.rows) bytes += row.length;
    if (bytes > MOST_BYTES) throw tooLong();
    const rows = sections.get(part.section) ?? [];
    rows.push(...part.rows);
    sections.set(part.section, rows);
  }
  sections.set("batchOutputs", await batchOutputsOf(context, datasetGroup, userId));
  const head = { format: "palate-personal-data", version: VERSION, datasetGroup, userId };
  const parts = [...sections].map(([section, rows]) => `${JSON.stringify(section)}:[${listed(rows)}]`);
  const opening = JSON.stringify({ ...head, createdAt: new Date().toISOString() }).slice(0, -1);
  const rows = [...sections.values()].reduce((sum, { length }) => sum + length, 0);
  return Object.assign(new PersonalData(), { json: `${opening},\n${parts.join(",\n")}}\n`, rows });
}

function listed(rows: readonly string[]): string {
  return rows.length === 0 ? "" : `\n${rows.join(",\n")}\n`;
}

function tooLong(): PalateError {
  const most = `${MOST_BYTES / 1024 / 1024} MiB`;
  return new PalateError("failed_precondition", `There is more than ${most}; read it by gRPC's ReadPersonalData.`);
}
