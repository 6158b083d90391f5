import { failedPrecondition, PalateError } from "@palate/host";
import { DatasetType, Interaction, Item } from "@palate/proto/dataset";
import { parseCursor } from "../storage/cursor.js";
import { withDataset } from "../schema/manifest.js";
import type { Recorded } from "../group/commit-queue.js";
import type { Recorder } from "../recording/recorder.js";
import { rowOf } from "./history.js";
import { GROUP, schemaOf, type SimulatedType, type World } from "./world.js";

/** A request that was answered as recorded. */
export interface Acknowledged {
  /** Ids of its events. */
  readonly eventIds: readonly string[];
  /** Its items. */
  readonly itemIds: readonly string[];
  /** Number of the commit that its cursor names. */
  readonly sequence: number;
}

const TYPES: readonly SimulatedType[] = [DatasetType.DATASET_TYPE_INTERACTIONS, DatasetType.DATASET_TYPE_ITEMS];

/** Whether it is worth asking again: nothing was said about the request itself. */
function mayRetry(error: unknown): boolean {
  return !(error instanceof PalateError) || error.code === "unavailable";
}

/** Sends requests one after the other, each again and again until it is answered, sometimes once more after that. */
export async function writer(world: World, name: string, requests: number): Promise<Acknowledged[]> {
  const { scheduler, verdict } = world;
  const acknowledged: Acknowledged[] = [];
  for (let request = 1; request <= requests; request++) {
    await scheduler.turn(`${name} sends request ${request}`);
    const send = makeRequest(world, `${name}-${request}`);
    for (let answers = scheduler.chance(0.2) ? 2 : 1; answers > 0;) {
      const instance = world.anyInstance();
      const outcome = await world.ask(instance, send.to(instance.recorder));
      if ("answer" in outcome) {
        const { cursor, recorded } = outcome.answer;
        const sequence = parseCursor(cursor)!.sequence;
        scheduler.note(`${instance.name} acknowledges ${name}-${request}: ${recorded} by commit ${sequence}`);
        acknowledged.push({ ...send, sequence });
        world.acknowledged = Math.max(world.acknowledged, sequence);
        answers--;
      } else if (!mayRetry(outcome.error)) {
        if (!world.conditions.recreates) verdict.fail(`${name}-${request} was refused: ${String(outcome.error)}`);
        break;
      }
      if (answers > 0) await scheduler.turn(`${name} sends request ${request} again`);
    }
  }
  return acknowledged;
}

/** A request that can be sent any number of times: events with ids, or items. */
function makeRequest(world: World, name: string) {
  const { scheduler, conditions } = world;
  const count = 1 + scheduler.random.integer(3);
  const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  if (scheduler.chance(0.15)) {
    const items = ids.map((itemId) => Item.create({ itemId }));
    const to = (recorder: Recorder): Promise<Recorded> => recorder.putItems(GROUP, items);
    return { eventIds: [], itemIds: ids, to };
  }
  const events = ids.map((id) => {
    const sessionId = conditions.visitors && scheduler.chance(0.5) ? `s${scheduler.random.integer(3)}` : "";
    const userId = sessionId !== "" && scheduler.chance(0.6) ? "" : `u${scheduler.random.integer(3)}`;
    return Interaction.create({ userId, sessionId, itemId: id, timestamp: 1, eventId: id });
  });
  const to = (recorder: Recorder): Promise<Recorded> => recorder.putEvents(GROUP, events, false);
  return { eventIds: ids, itemIds: [], to };
}

/** Makes the datasets, then imports files and, where that is wanted, deletes datasets and makes them anew. */
export async function importer(world: World, changes: number): Promise<void> {
  const { scheduler, conditions } = world;
  for (let change = 1; change <= changes; change++) {
    await scheduler.turn(`the importer makes change ${change}`);
    const type = scheduler.pick(TYPES);
    if (conditions.recreates && scheduler.chance(0.3)) {
      await untilAnswered(world, ({ datasets }) => datasets.delete(GROUP, type));
      await createDataset(world, type);
    } else await importFile(world, `import-${change}`, type, scheduler.chance(0.4));
  }
}

/** Makes the group and its datasets. */
export async function setUp(world: World): Promise<void> {
  await untilAnswered(world, ({ groups }) => groups.create(GROUP));
  for (const type of TYPES) await createDataset(world, type);
}

function createDataset(world: World, type: SimulatedType): Promise<void> {
  const name = schemaOf(type);
  return untilAnswered(world, ({ datasets }) => datasets.create(GROUP, name, type, name));
}

/** Does something until it is answered; that it was done before, unanswered, is an answer. */
async function untilAnswered(
  world: World,
  ask: (instance: ReturnType<World["anyInstance"]>) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const instance = world.anyInstance();
    const outcome = await world.ask(instance, ask(instance));
    if ("answer" in outcome || !mayRetry(outcome.error)) return;
    await world.scheduler.turn("the importer tries again");
  }
}

/** Adds a file of rows to a dataset, or puts it in the place of those imported before. */
async function importFile(world: World, name: string, type: SimulatedType, full: boolean): Promise<void> {
  const { scheduler, history } = world;
  const ids = Array.from({ length: 1 + scheduler.random.integer(3) }, (_, index) => `${name}-${index}`);
  const isItems = type === DatasetType.DATASET_TYPE_ITEMS;
  const rows = ids.map((id) => (isItems ? { ITEM_ID: id } : { USER_ID: "imported", ITEM_ID: id, TIMESTAMP: 1 }));
  const file = await world.files.writeImported(rows);
  history.imported.set(
    file.id,
    ids.map((id) => rowOf(isItems ? "" : "imported", id)),
  );
  await untilAnswered(world, async ({ groups }) => {
    const group = await groups.open(GROUP);
    await group.queue.commitManifest((manifest, sequence) => {
      const dataset = manifest.datasets.find((each) => each.type === type);
      if (!dataset || dataset.files.some(({ id }) => id === file.id))
        throw failedPrecondition("It is done, or cannot be.");
      const stay = dataset.files.filter(({ kind }) => !full || kind === "streamed");
      const added = { ...file, kind: "imported" as const, arrived: sequence, extraColumns: [] };
      return { ...withDataset(manifest, { ...dataset, files: [...stay, added] }), replacedAt: sequence };
    });
  });
}
