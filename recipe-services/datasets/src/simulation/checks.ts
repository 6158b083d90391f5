import { DatasetType } from "@palate/proto/dataset";
import { findDataset } from "../schema/manifest.js";
import type { Acknowledged } from "./actors.js";
import type { World } from "./world.js";

/** Nothing acknowledged is lost: a commit that the answer's cursor covers holds it. */
export function checkAcknowledged({ history, verdict }: World, acknowledged: readonly Acknowledged[]): void {
  const eventAt = new Map<string, number>();
  const itemAt = new Map<string, number>();
  for (const { sequence, records } of history.entries) {
    for (const { eventId } of records.interactions) if (!eventAt.has(eventId)) eventAt.set(eventId, sequence);
    for (const { itemId } of records.items) if (!itemAt.has(itemId)) itemAt.set(itemId, sequence);
  }
  for (const { eventIds, itemIds, sequence } of acknowledged) {
    const places = [...eventIds.map((id) => [id, eventAt] as const), ...itemIds.map((id) => [id, itemAt] as const)];
    for (const [id, at] of places) {
      const found = at.get(id);
      if (found === undefined) verdict.fail(`${id} was acknowledged and is lost`);
      else if (found > sequence) verdict.fail(`${id} was acknowledged by commit ${sequence} and came with ${found}`);
    }
  }
}

/** No event counts twice while its id is among those that are remembered, and while its dataset is there. */
export function checkEventIds({ history, verdict, conditions }: World): void {
  let recorded: string[] = [];
  let created: number | undefined;
  for (const { sequence, records, manifest } of history.entries) {
    if (manifest) {
      const dataset = findDataset(manifest, DatasetType.DATASET_TYPE_INTERACTIONS);
      if (dataset?.createdSequence !== created) recorded = [];
      created = dataset?.createdSequence;
    }
    for (const { eventId } of records.interactions) {
      if (recorded.includes(eventId)) verdict.fail(`${eventId} counts a second time, in commit ${sequence}`);
      recorded.push(eventId);
      if (recorded.length > conditions.eventIdWindow) recorded.shift();
    }
  }
}

/** An event without a user is that of whoever signed in to its session last before it. */
export function checkVisitors({ history, verdict, conditions }: World): void {
  if (conditions.eventIdWindow < history.head * 10) return; // Sessions are forgotten, too.
  const users = new Map<string, string>();
  for (const { sequence, records } of history.entries) {
    for (const { sessionId, userId, itemId } of records.interactions) {
      if (sessionId === "") continue;
      if (userId !== "") users.set(sessionId, userId);
      else if (users.has(sessionId)) {
        verdict.fail(`${itemId} in commit ${sequence} is anonymous; ${users.get(sessionId)} had signed in`);
      }
    }
  }
}
