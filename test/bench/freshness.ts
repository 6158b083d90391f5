import { performance } from "node:perf_hooks";
import { loadHttp } from "./http-load.js";
import { spreadOf, type Spread } from "./percentiles.js";
import { graphqlBodies } from "./serving.js";
import type { Setting } from "./setting.js";
import { SOLUTIONS } from "./training.js";

/** Milliseconds from an event's acknowledgement to the end of the first answer that knows it. */
export interface FreshnessFigures extends Spread {
  readonly events: number;
  /** Events whose user's answer had not changed after a second. */
  readonly unseen: number;
  /** Recommendations a second asked for in the background. */
  readonly backgroundPerSecond: number;
}

const EVENTS = 150;
const BACKGROUND_PER_SECOND = 200;
const GIVE_UP_MS = 1_000;

/**
 * Lets users take their first recommendation, one after another, and asks each again until it is gone from their list,
 * beside a steady load.
 */
export async function measureFreshness(
  setting: Setting,
  datasetGroup: string,
  userIds: readonly string[],
): Promise<FreshnessFigures> {
  const client = setting.client(datasetGroup);
  const times: number[] = [];
  let unseen = 0;
  const url = `${setting.supervisor.gatewayUrl}/graphql`;
  const bodies = graphqlBodies(datasetGroup, SOLUTIONS.forYou, userIds);
  let seconds = 0;
  const events = async () => {
    for (let i = 0; i < EVENTS; i++) {
      const userId = userIds[(i * 7) % userIds.length] as string;
      const ask = () => client.recommend({ campaign: SOLUTIONS.forYou, userId, first: 25 });
      const before = await ask();
      const itemId = before.items[0]?.itemId;
      if (itemId === undefined) continue;
      await client.putEvents([{ userId, itemId, eventType: "purchase" }]);
      const acknowledged = performance.now();
      for (;;) {
        const answer = await ask();
        const elapsed = performance.now() - acknowledged;
        const changed = answer.items.every((item) => item.itemId !== itemId);
        if (changed) times.push(elapsed);
        else if (elapsed > GIVE_UP_MS) unseen++;
        else continue;
        break;
      }
    }
  };
  let done = false;
  const background = (async () => {
    let requests = 0;
    while (!done) {
      const result = await loadHttp({ url, bodies, connections: 4, seconds: 1, rate: BACKGROUND_PER_SECOND });
      requests += result.perSecond;
      seconds++;
    }
    return requests / Math.max(1, seconds);
  })();
  await events();
  done = true;
  return { events: EVENTS, unseen, backgroundPerSecond: await background, ...spreadOf(times) };
}
