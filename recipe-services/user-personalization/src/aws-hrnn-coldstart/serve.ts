import { invalidArgument } from "@palate/host";
import type { Artifact, Query, RankedItems, ReplicaView, ItemModel } from "@palate/recipe";
import { ItemAges } from "../exploration/item-ages.js";
import { HrnnServing } from "../hrnn/hrnn-serving.js";

/** What makes an item cold, as the artefact says. */
interface ColdRule {
  readonly maxInteractions: number;
  readonly maxDurationDays: number;
  readonly relativeFrom: "latestItem" | "currentTime";
}

const DAY = 86_400;
const HOUR = 3600;
const RENEWAL_MS = 1000;

/**
 * Serves cold items first, best first by the model, and then the others. What is cold is looked up in the live data, so an
 * item stops being cold when enough users have had it. A user of whom nothing is known gets popular items.
 * @throws PalateError `invalid_argument` on an artefact it cannot read
 */
export function load(artifact: Artifact, replica: ReplicaView): ItemModel {
  // The network, which never had them as targets, orders new items half as well as the content tower alone.
  const serving = new HrnnServing(artifact, replica, "content");
  const rule = serving.settings["cold"] as ColdRule | undefined;
  if (rule === undefined)
    throw invalidArgument(`The model's metadata lacks "cold", which says what makes an item cold.`);
  const ages = new ItemAges(replica);

  const isCold = (item: number, now: number): boolean => {
    const users = replica.usersPerItem[item] ?? 0;
    if (users === 0) return true;
    if (users > rule.maxInteractions) return false;
    const later = rule.relativeFrom === "currentTime" ? Math.max(0, now - ages.newest) / DAY : 0;
    return ages.daysOf(item) + later <= rule.maxDurationDays;
  };
  // Looked through again at most once a second, unless there are new items or the answer is for another hour.
  let cold = new Set<number>();
  let looked = { at: -Infinity, itemCount: -1, hour: NaN };
  const coldAt = (timestamp: number): ReadonlySet<number> => {
    const hour = Math.floor(timestamp / HOUR);
    const now = performance.now();
    const { itemCount } = replica;
    if (looked.itemCount === itemCount && looked.hour === hour && now - looked.at < RENEWAL_MS) return cold;
    cold = new Set();
    for (let item = 0; item < itemCount; item++) if (isCold(item, timestamp)) cold.add(item);
    looked = { at: now, itemCount, hour };
    return cold;
  };
  const recommend = (query: Query): RankedItems => {
    const cold = coldAt(query.timestamp);
    const first = serving.recommend(query, (item) => cold.has(serving.replicaIndex(item)));
    const missing = query.limit - first.items.length;
    if (missing <= 0) return first;
    const rest = serving.recommend(
      { ...query, limit: query.limit },
      first.items.length === 0 ? undefined : (item) => !cold.has(serving.replicaIndex(item)),
    );
    if (first.items.length === 0) return rest;
    return serving.filler.fill(joined(first, rest, missing), query);
  };
  const { itemVectors } = serving;
  return {
    recommend,
    explain: (query, items) => serving.explain(query, items),
    ...(itemVectors && { itemVectors }),
    close: () => {
      serving.close();
      ages.close();
    },
  };
}

/**
 * The first list, then as many of the second as are missing. Shares of each are of its own kind of items; those of the
 * second are made small enough to follow those of the first.
 */
function joined(first: RankedItems, rest: RankedItems, missing: number): RankedItems {
  const items = Int32Array.from([...first.items, ...rest.items.subarray(0, missing)]);
  if (first.scores === null || rest.scores === null) return { items, scores: null };
  const factor = Math.min(1, (first.scores.at(-1) ?? 1) / Math.max(rest.scores[0] ?? 1, Number.MIN_VALUE));
  const scores = Float32Array.from([
    ...first.scores,
    ...rest.scores.subarray(0, missing).map((score) => score * factor),
  ]);
  return { items, scores };
}
