import { streamCall } from "@palate/host";
import { Interaction } from "@palate/proto/dataset";
import { tableFromIPC } from "apache-arrow";
import { setTimeout as sleep } from "node:timers/promises";
import { EventSender } from "./event-sender.js";
import { eventually, importInteractions, startPalate, type TestPalate } from "./palate.js";

const GROUP = "rounds";
const SENDERS = 2;
const EVENTS_A_MESSAGE = 50;

/** What is killed in a round, the oftener named the likelier. */
const VICTIMS = [["datasets"], ["datasets"], ["datasets"], ["mongodb"], ["datasets", "mongodb"]] as const;

/** What came of killing processes under load. */
export interface KillFigures {
  /** Times that anything was killed. */
  readonly rounds: number;
  /** Processes killed by name. */
  readonly killed: Readonly<Record<string, number>>;
  /** Streams that broke under the clients. */
  readonly breaks: number;
  /** Events that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged events that are not there afterwards. */
  readonly lost: number;
  /** Events that are there more than once. */
  readonly twice: number;
  /** Events that were never acknowledged and are there; 0, since clients send again until they are. */
  readonly unknown: number;
}

/**
 * Streams events without pause while the datasets service, the database or both are killed (SIGKILL) again and again, each time
 * at another moment, then counts what is there. Small compactions go on all the time, so that kills hit those too.
 * @param seed of the moments and victims
 * @param afterRound told of each round, for progress
 */
export async function runKillRounds(
  rounds: number,
  seed: number,
  afterRound: (round: number, acknowledged: number) => void = () => {},
): Promise<KillFigures> {
  const palate = await startPalate(["datasets"], { PALATE_COMPACT_RECORDS: "5000", PALATE_LOG_LEVEL: "error" });
  const draw = randomFrom(seed);
  const acknowledged = new Set<string>();
  const killed: Record<string, number> = {};
  const address = palate.supervisor.address("datasets");
  const senders = Array.from(
    { length: SENDERS },
    () =>
      new EventSender(address, GROUP, (events, { refusal }) => {
        if (refusal) throw new Error(refusal.message);
        for (const { itemId } of events) acknowledged.add(itemId);
      }),
  );
  let going = true;
  try {
    await importInteractions(palate, GROUP, "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1600000000\n");
    const sending = senders.map(async (sender, s) => {
      for (let message = 0; going; message++) {
        const events = Array.from({ length: EVENTS_A_MESSAGE }, (_, k) => {
          const id = `${s}-${message}-${k}`;
          return Interaction.fromPartial({ userId: `u${k}`, itemId: id, timestamp: 1_600_000_000, eventId: id });
        });
        await sender.send(events);
      }
      await sender.answered();
    });
    for (let round = 1; round <= rounds; round++) {
      const before = acknowledged.size;
      await eventually(() => acknowledged.size > before + EVENTS_A_MESSAGE);
      await sleep(draw() * 600);
      const victims = VICTIMS[Math.floor(draw() * VICTIMS.length)]!;
      for (const name of victims) {
        const pid = palate.supervisor.pids().get(name);
        if (pid === undefined) continue;
        process.kill(pid, "SIGKILL");
        killed[name] = (killed[name] ?? 0) + 1;
      }
      // Brought back at once rather than after the pause that the supervisor makes longer each time.
      for (const name of [...victims].reverse()) {
        await palate.supervisor.stopOne(name);
        await palate.supervisor.startOne(name);
      }
      afterRound(round, acknowledged.size);
    }
    going = false;
    await Promise.all(sending);
    const counts = await countStored(palate, GROUP);
    counts.delete("i");
    return {
      ...{ rounds, killed, acknowledged: acknowledged.size },
      breaks: senders.reduce((sum, sender) => sum + sender.breaks, 0),
      lost: [...acknowledged].filter((id) => !counts.has(id)).length,
      twice: [...counts.values()].filter((count) => count > 1).length,
      unknown: [...counts.keys()].filter((id) => !acknowledged.has(id)).length,
    };
  } finally {
    going = false;
    for (const sender of senders) sender.close();
    await palate.stop();
  }
}

/** How often each item is in the interactions of a dataset group. */
export async function countStored({ datasets }: TestPalate, datasetGroup: string): Promise<Map<string, number>> {
  let counts = new Map<string, number>();
  const request = { datasetGroup, fromCursor: "", follow: false };
  const read = async (): Promise<boolean> => {
    counts = new Map();
    for await (const { snapshotChunk } of streamCall(datasets, datasets.read, request)) {
      const column = snapshotChunk && tableFromIPC(snapshotChunk.arrowIpc).getChild("ITEM_ID");
      for (const item of column ?? []) counts.set(String(item), (counts.get(String(item)) ?? 0) + 1);
    }
    return true;
  };
  await eventually(() => read().catch(() => false));
  return counts;
}

/** Numbers in [0, 1): a linear congruential generator. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
