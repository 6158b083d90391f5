import { invalidArgument } from "@palate/host";
import { CreateBatchJobRequest } from "@palate/proto/recipe";
import type { RecipeDescriptor } from "@palate/recipe";
import type { BatchJobDocument, VersionDocument } from "@palate/store";
import { createHash } from "node:crypto";
import { emptyFilterProblems } from "../serving/filters.js";
import { refuseProblems } from "../serving/request-problems.js";
import { batchKind, type BatchKind, type BatchTemplate } from "./batch-line.js";

const MAX_INPUT_BYTES = 32 * 1024 * 1024;
const KINDS: readonly BatchKind[] = ["recommendations", "ranking", "segment", "actions"];

/** The fields that every line of a stored job has in common. */
export function templateOf({ template }: BatchJobDocument): BatchTemplate {
  return CreateBatchJobRequest.decode(Buffer.from(template, "base64"));
}

/**
 * A job as it is stored, after checking what can be checked without data.
 * @throws PalateError `invalid_argument` when the request is of another kind than the recipe answers, or too large
 */
export function batchJobRecord(
  request: CreateBatchJobRequest,
  version: VersionDocument,
  recipe: RecipeDescriptor,
  now: number,
): BatchJobDocument {
  const kind = batchKind(recipe);
  const { input, ...rest } = request;
  const foreign = KINDS.find((name) => name !== kind && rest[name] !== undefined);
  if (foreign) {
    const message = `is not what ${recipe.name} is asked with; give ${kind}`;
    throw invalidArgument(`${foreign} ${message}.`, [{ field: foreign, message }]);
  }
  for (const asked of ["recommendations", "actions"] as const) {
    if (!rest[asked]?.pageToken) continue;
    const field = `${asked}.page_token`;
    const message = "means nothing in a batch, whose lines are questions of their own; leave it out";
    throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
  }
  const query = rest[kind];
  if (query !== undefined) {
    const problems = emptyFilterProblems(query);
    refuseProblems(problems.map(({ field, message }) => ({ field: `${kind}.${field}`, message })));
  }
  if (input?.length === 0) {
    const message = "is empty, so nothing is asked; leave it out to ask about everything";
    throw invalidArgument(`input ${message}.`, [{ field: "input", message }]);
  }
  if (input !== undefined && input.length > MAX_INPUT_BYTES) {
    const message = `has ${input.length} bytes; it may have ${MAX_INPUT_BYTES}. Divide it among several jobs`;
    throw invalidArgument(`input ${message}.`, [{ field: "input", message }]);
  }
  const template = CreateBatchJobRequest.encode({ ...rest, input: undefined }).finish();
  const digest = createHash("sha256")
    .update(template)
    .update(input ?? "")
    .digest("hex");
  return {
    _id: `${request.datasetGroup}|${request.jobName}`,
    datasetGroup: request.datasetGroup,
    name: request.jobName,
    solution: request.solution,
    versionKey: version._id,
    versionId: version.versionId,
    recipe: recipe.name,
    template: Buffer.from(template).toString("base64"),
    digest,
    createdAt: now,
  };
}
