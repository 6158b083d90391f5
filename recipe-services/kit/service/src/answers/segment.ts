import type { BoundFilter } from "@palate/filter";
import { PalateError, type Violation } from "@palate/host";
import {
  Reason as ReasonMessage,
  SeenItems,
  type GetSegmentRequest,
  type GetSegmentResponse,
  type ListSegmentsResponse,
} from "@palate/proto/recipe";
import { loadedFor, type ReplicaView, type SegmentDescriptor, type SegmentKey } from "@palate/recipe";
import { setImmediate as turn } from "node:timers/promises";
import { boundFilter } from "../serving/filters.js";
import { idProblems, refuseProblems, seenItemsProblems } from "../serving/request-problems.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import { explanationMessages } from "./explain.js";

/** Most users in one answer, and most that paging may skip. */
const MAX_USERS = 10_000_000;
const DEFAULT_USERS = 100;
/** Users in one message: some hundred kilobytes. */
const CHUNK = 10_000;
/** Users that a filter checks before others get their turn: a millisecond's work when it reads what each of them did. */
const FILTERED_AT_ONCE = 1_024;

/** The request field of each kind of segment key. */
const FIELDS: Readonly<Record<SegmentKey, "itemId" | "itemAttributes" | "segmentId">> = {
  item: "itemId",
  attributes: "itemAttributes",
  segment: "segmentId",
};
const NAMES = { itemId: "item_id", itemAttributes: "item_attributes", segmentId: "segment_id" } as const;

/**
 * Works in slices between which other calls get their turn.
 * @throws PalateError `cancelled` when the signal is aborted
 */
async function inSlices<T>(work: Generator<void, T>, signal: AbortSignal): Promise<T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    await turn();
    if (signal.aborted) throw new PalateError("cancelled", "The call was cancelled.");
  }
}

/**
 * Marks users whom the filter excludes, and deleted ones.
 * @returns by user index: 1 = excluded; undefined when nobody is
 */
function* excludedUsers(
  filter: BoundFilter | undefined,
  replica: ReplicaView,
  now: number,
): Generator<void, Uint8Array | undefined> {
  if (filter === undefined && replica.forgottenUsers.length === 0) return undefined;
  let excluded = new Uint8Array(replica.userCount);
  for (let from = 0; filter !== undefined && from < replica.userCount; from += FILTERED_AT_ONCE) {
    if (from > 0) yield;
    // Users may have been added meanwhile.
    if (excluded.length < replica.userCount) {
      const longer = new Uint8Array(replica.userCount);
      longer.set(excluded);
      excluded = longer;
    }
    filter.mark({ now }, excluded, from, from + FILTERED_AT_ONCE);
  }
  for (const user of replica.forgottenUsers) excluded[user] = 1;
  return excluded;
}

function check(request: GetSegmentRequest, descriptor: SegmentDescriptor): void {
  const violations: Violation[] = [];
  const wanted = FIELDS[descriptor.segmentsBy];
  for (const field of Object.values(FIELDS)) {
    if (field === wanted && (field === "itemId" ? request[field] : request[field].trim()) === "")
      violations.push({ field: NAMES[field], message: `is required by ${descriptor.name}` });
    if (field !== wanted && request[field] !== "")
      violations.push({ field: NAMES[field], message: `means nothing to ${descriptor.name}; leave it empty` });
  }
  violations.push(...idProblems({ item_id: request.itemId }), ...seenItemsProblems(request.seenItems));
  if (descriptor.segmentsBy !== "item" && request.seenItems !== SeenItems.SEEN_ITEMS_UNSPECIFIED)
    violations.push({
      field: "seen_items",
      message: `means nothing to ${descriptor.name}, which is not asked by item`,
    });
  if (request.numResults < 0 || request.numResults > MAX_USERS) {
    const message = `is ${request.numResults}; it must be from 1 to ${MAX_USERS}, or 0 for ${DEFAULT_USERS}`;
    violations.push({ field: "num_results", message });
  }
  if (request.offset < 0 || request.offset > MAX_USERS)
    violations.push({ field: "offset", message: `is ${request.offset}; it must be from 0 to ${MAX_USERS}` });
  refuseProblems(violations);
}

/**
 * Finds users, in a stream of messages. The first has the fields that are given once.
 * @param now Unix time in seconds, used when the request names none
 * @throws PalateError `unimplemented` when the campaign's recipe finds no users; `invalid_argument` naming every field
 *   that is wrong; `not_found` for an unknown filter; `cancelled` when the signal is aborted
 */
export async function* segment(
  request: GetSegmentRequest,
  loaded: LoadedModel,
  now: number,
  signal: AbortSignal,
): AsyncGenerator<GetSegmentResponse> {
  const { model, replica, descriptor, versionId, checkpoint } = loadedFor(loaded, "segment");
  check(request, descriptor);
  const { offset, seenItems } = request;
  const end = offset + (request.numResults || DEFAULT_USERS);
  const filter = boundFilter(request, replica, "UserID", { userId: "", itemId: request.itemId });
  const timestamp = request.timestamp || now;
  const excluded = await inSlices(excludedUsers(filter, replica, timestamp), signal);
  const query = {
    item: request.itemId === "" ? -1 : replica.itemIndex(request.itemId),
    attributes: request.itemAttributes,
    segment: request.segmentId,
    // One more, to know whether there are more.
    limit: end + 1,
    excludeOwners:
      seenItems === SeenItems.SEEN_ITEMS_UNSPECIFIED
        ? descriptor.excludesSeenByDefault
        : seenItems === SeenItems.SEEN_ITEMS_EXCLUDE,
    timestamp,
    ...(excluded && { excluded }),
  };
  const found = await inSlices(model.segment(query), signal);
  const { users, scores, reason } = found;
  const last = Math.min(end, users.length);
  const none = { versionId: "", checkpoint: 0, reason: ReasonMessage.REASON_UNSPECIFIED, dataAgeMs: 0, hasMore: false };
  const once = {
    versionId,
    checkpoint,
    reason: reason === "popular" ? ReasonMessage.REASON_POPULAR : ReasonMessage.REASON_UNSPECIFIED,
    dataAgeMs: Math.round(replica.dataAgeMs()),
    hasMore: users.length > end,
  };
  for (let from = offset; from === offset || from < last; from += CHUNK) {
    const to = Math.min(last, from + CHUNK);
    yield {
      userIds: Array.from(users.subarray(Math.min(from, to), to), (user) => replica.userId(user)),
      scores: Array.from(scores.subarray(Math.min(from, to), to)),
      explanations: request.explain
        ? explanationMessages(
            Array.from(users.subarray(Math.min(from, to), to), (user) => found.explain?.(user) ?? []),
            replica,
            [],
          )
        : [],
      ...(from === offset ? once : none),
    };
    await turn();
  }
}

/**
 * Lists the segments that a campaign's model has found by itself.
 * @throws PalateError `unimplemented` when its recipe finds none; `cancelled` when the signal is aborted
 */
export async function segments(loaded: LoadedModel, signal: AbortSignal): Promise<ListSegmentsResponse> {
  const { model, replica, versionId } = loadedFor(loaded, "segments");
  const found = await inSlices(model.segments(), signal);
  return {
    segments: found.map((one) => ({ ...one, traits: one.traits.map((trait) => ({ ...trait })) })),
    versionId,
    dataAgeMs: Math.round(replica.dataAgeMs()),
  };
}
