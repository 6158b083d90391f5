import { PalateClient } from "@palate/local";
import { Interaction } from "@palate/proto/dataset";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EventSender } from "./event-sender.js";
import { countStored, randomFrom } from "./kill-rounds.js";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "./palate.js";
import { mountSmallDisk, type SmallDisk } from "./small-disk.js";

const GROUP = "full";
const CAMPAIGN = "popular";
const PROCESSES = ["mongodb", "datasets", "popularity", "gateway"] as const;
const DISK_BYTES = 384 * 1024 * 1024;
const EVENTS_A_MESSAGE = 10;
/** Between two messages: what matters is that there is always one on its way. */
const SEND_EVERY_MS = 20;
/** Everything is to be well again within this time. */
const HEALING_MS = 180_000;

/** What came of restarting processes while a disk filled and emptied. */
export interface FullDiskFigures {
  readonly rounds: number;
  /** Kills of each process. */
  readonly killed: Readonly<Record<string, number>>;
  /** Events that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged events that are not there afterwards. */
  readonly lost: number;
  /** Events that are there more than once. */
  readonly twice: number;
  /** Streams that ended under the clients, by kills and by the full disk. */
  readonly breaks: number;
  /** Recommendations that were answered. */
  readonly recommendations: number;
  /** Seconds from when there was room again until everything answered, in the worst round. */
  readonly slowestHealing: number;
}

/**
 * Runs Palate on a small disk under load. In each round the disk fills up, each process is killed (SIGKILL) at a moment of its own, some
 * while it is full and some when there is room again, and nobody lends a hand.
 * @param seed of the moments
 * @returns undefined where this user may not mount a disk
 * @throws Error when something does not heal
 */
export async function runFullDiskRounds(
  rounds: number,
  seed: number,
  afterRound: (round: number, acknowledged: number) => void = () => {},
): Promise<FullDiskFigures | undefined> {
  const disk = mountSmallDisk(DISK_BYTES);
  if (disk === undefined) return undefined;
  try {
    const env = { PALATE_COMPACT_RECORDS: "5000", PALATE_LOG_LEVEL: "error" };
    const folder = mkdtempSync(path.join(disk.folder, "data-"));
    const palate = await startPalate(["datasets", "popularity", "gateway"], env, folder);
    try {
      return await torment(palate, disk, rounds, seed, afterRound);
    } finally {
      disk.empty();
      await palate.stop();
    }
  } finally {
    disk.remove();
  }
}

async function torment(
  palate: TestPalate,
  disk: SmallDisk,
  rounds: number,
  seed: number,
  afterRound: (round: number, acknowledged: number) => void,
): Promise<FullDiskFigures> {
  const client = await served(palate);
  const draw = randomFrom(seed);
  const load = startLoad(palate, client);
  const killed: Record<string, number> = {};
  let slowestHealing = 0;
  try {
    for (let round = 1; round <= rounds; round++) {
      disk.fill(Math.floor(draw() * 2 * 1024 * 1024));
      const kills = PROCESSES.map(async (name) => {
        await sleep(draw() * 4_000);
        const pid = palate.supervisor.pids().get(name);
        // One that could not start again on the full disk is down already.
        if (pid === undefined) return;
        process.kill(pid, "SIGKILL");
        killed[name] = (killed[name] ?? 0) + 1;
      });
      await sleep(1_000 + draw() * 3_000);
      disk.empty();
      const emptiedAt = performance.now();
      await Promise.all(kills);
      const { acknowledged, recommendations } = load.figures();
      await eventually(() => {
        const now = load.figures();
        const all = PROCESSES.every((name) => palate.supervisor.pids().has(name));
        return all && now.acknowledged > acknowledged + 100 && now.recommendations > recommendations + 5;
      }, HEALING_MS);
      slowestHealing = Math.max(slowestHealing, (performance.now() - emptiedAt) / 1000);
      afterRound(round, load.figures().acknowledged);
    }
    const { acknowledged, breaks, recommendations } = await load.stop();
    const counts = await countStored(palate, GROUP);
    return {
      ...{ rounds, killed, acknowledged: acknowledged.size, breaks, recommendations, slowestHealing },
      lost: [...acknowledged].filter((id) => !counts.has(id)).length,
      twice: [...acknowledged].filter((id) => (counts.get(id) ?? 0) > 1).length,
    };
  } finally {
    load.abandon();
  }
}

/** A campaign that answers. */
async function served(palate: TestPalate): Promise<PalateClient> {
  const client = new PalateClient(palate.supervisor.gatewayUrl, GROUP);
  await importInteractions(palate, GROUP, twoCircles(20, 20, 8));
  await client.ensureSolution(CAMPAIGN, "aws-popularity-count", {});
  const { versionId } = await client.createVersion(CAMPAIGN);
  await client.trained(CAMPAIGN, versionId);
  await client.ensureCampaign(CAMPAIGN, CAMPAIGN);
  await eventually(() => recommends(client));
  return client;
}

function recommends(client: PalateClient): Promise<boolean> {
  return client.recommend({ campaign: CAMPAIGN, userId: "u1", first: 3 }).then(
    () => true,
    () => false,
  );
}

/** Streams events and asks for recommendations, both without pause. */
function startLoad(palate: TestPalate, client: PalateClient) {
  const acknowledged = new Set<string>();
  let recommendations = 0;
  let going = true;
  const sender = new EventSender(palate.supervisor.address("datasets"), GROUP, (events, { refusal }) => {
    if (refusal) throw new Error(refusal.message);
    for (const { itemId } of events) acknowledged.add(itemId);
  });
  const sending = (async () => {
    for (let message = 0; going; message++) {
      const events = Array.from({ length: EVENTS_A_MESSAGE }, (_, k) => {
        const id = `event-${message}-${k}`;
        return Interaction.fromPartial({ userId: `u${k}`, itemId: id, timestamp: 1_600_000_000, eventId: id });
      });
      await sender.send(events);
      await sleep(SEND_EVERY_MS);
    }
    await sender.answered();
  })();
  const asking = (async () => {
    while (going) {
      if (await recommends(client)) recommendations++;
      await sleep(SEND_EVERY_MS);
    }
  })();
  return {
    figures: () => ({ acknowledged: acknowledged.size, recommendations }),
    async stop() {
      going = false;
      await Promise.all([sending, asking]);
      return { acknowledged, recommendations, breaks: sender.breaks };
    },
    abandon() {
      going = false;
      sender.close();
    },
  };
}
