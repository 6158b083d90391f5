import { performance } from "node:perf_hooks";
import { GraphqlClient } from "@palate/local";
import { loadHttp } from "./http-load.js";
import { spreadOf, type Spread } from "./percentiles.js";
import { graphqlBodies } from "./serving.js";
import type { Setting } from "./setting.js";
import { SOLUTIONS } from "./training.js";

/** Milliseconds from an event's acknowledgement to the end of the first answer that knows it. */
export interface FreshnessFigures extends Spread {
  /** What takes the item out of the answer. */
  readonly by: string;
  readonly events: number;
  /** Events whose user's answer had not changed after a second. */
  readonly unseen: number;
  /** Recommendations a second asked for in the background. */
  readonly backgroundPerSecond: number;
}

const EVENTS = 150;
const BACKGROUND_PER_SECOND = 200;
const GIVE_UP_MS = 1_000;

/** Purchased items leave the answer by a filter alone: the list itself is the same for everybody, and has seen items. */
const FILTERED = `query ($datasetGroup: String!, $campaign: String!, $userId: ID!) {
  recommendations(datasetGroup: $datasetGroup, campaign: $campaign, userId: $userId, first: 25, seenItems: INCLUDE
    filterExpression: "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\\"purchase\\")") { nodes { itemId } }
}`;

/** Items of an answer for a user. */
type Ask = (userId: string) => Promise<readonly string[]>;

/**
 * Lets users take their first recommendation, one after another, and asks each again until it is gone from their list,
 * beside a steady load. Once with the recipe's own rule against seen items, and once with a filter on purchases.
 */
export async function measureFreshness(
  setting: Setting,
  datasetGroup: string,
  userIds: readonly string[],
): Promise<FreshnessFigures[]> {
  const client = setting.client(datasetGroup);
  const graphql = new GraphqlClient(setting.supervisor.gatewayUrl);
  const bySeen: Ask = async (userId) => {
    const answer = await client.recommend({ campaign: SOLUTIONS.forYou, userId, first: 25 });
    return answer.items.map(({ itemId }) => itemId);
  };
  const byFilter: Ask = async (userId) => {
    const variables = { datasetGroup, campaign: SOLUTIONS.popular, userId };
    const answer = await graphql.run<{ recommendations: { nodes: { itemId: string }[] } }>(FILTERED, variables);
    return answer.recommendations.nodes.map(({ itemId }) => itemId);
  };
  const measured = async (by: string, ask: Ask): Promise<FreshnessFigures> => {
    const load = startLoad(setting, datasetGroup, userIds);
    const { times, unseen } = await takeAndAskAgain(setting, datasetGroup, userIds, ask);
    return { by, events: EVENTS, unseen, backgroundPerSecond: await load.stop(), ...spreadOf(times) };
  };
  return [await measured("seen items", bySeen), await measured("a filter on purchases", byFilter)];
}

async function takeAndAskAgain(setting: Setting, datasetGroup: string, userIds: readonly string[], ask: Ask) {
  const client = setting.client(datasetGroup);
  const times: number[] = [];
  let unseen = 0;
  for (let i = 0; i < EVENTS; i++) {
    const userId = userIds[(i * 7) % userIds.length] as string;
    const [itemId] = await ask(userId);
    if (itemId === undefined) continue;
    await client.putEvents([{ userId, itemId, eventType: "purchase" }]);
    const acknowledged = performance.now();
    for (;;) {
      const items = await ask(userId);
      const elapsed = performance.now() - acknowledged;
      if (!items.includes(itemId)) times.push(elapsed);
      else if (elapsed > GIVE_UP_MS) unseen++;
      else continue;
      break;
    }
  }
  return { times, unseen };
}

/** Asks for recommendations at a steady rate until stopped, which gives how many a second there were. */
function startLoad(setting: Setting, datasetGroup: string, userIds: readonly string[]) {
  const url = `${setting.supervisor.gatewayUrl}/graphql`;
  const bodies = graphqlBodies(datasetGroup, SOLUTIONS.forYou, userIds);
  let done = false;
  const running = (async () => {
    let requests = 0;
    let seconds = 0;
    while (!done) {
      const result = await loadHttp({ url, bodies, connections: 4, seconds: 1, rate: BACKGROUND_PER_SECOND });
      requests += result.perSecond;
      seconds++;
    }
    return requests / Math.max(1, seconds);
  })();
  const stop = (): Promise<number> => {
    done = true;
    return running;
  };
  return { stop };
}
