import { writeFile } from "node:fs/promises";
import path from "node:path";
import { createClient, unaryCall } from "@palate/kit/host";
import {
  GetRecommendationsResponse,
  RecommendationServiceClient,
  SeenItems,
  type GetRecommendationsRequest,
} from "@palate/proto/recipe";
import { loadHttp, type LoadResult } from "./http-load.js";
import { median } from "./percentiles.js";
import { loadGrpc, startBareServer } from "./programs.js";
import type { Setting } from "./setting.js";
import { SOLUTIONS } from "./training.js";

/** A recommendation of 25 items under load, one row of the table. */
export interface ServingFigures extends LoadResult {
  readonly door: "GraphQL" | "gRPC";
  readonly connections: number;
  /** Answers a second of a bare HTTP server that sends the same bytes, measured in turn with this. */
  readonly barePerSecond: number;
  /** This one's answers a second as a share of the bare server's. */
  readonly ratio: number;
}

const CONNECTIONS = [1, 16, 64];
const WARM_UP_SECONDS = 1;
const DOCUMENT = `query ($datasetGroup: String!, $campaign: String!, $userId: ID) {
  recommendations(datasetGroup: $datasetGroup, campaign: $campaign, userId: $userId, first: 25) {
    recommendationId
    edges { score node { itemId } }
  }
}`;

/** The GraphQL requests for these users, as bodies. */
export function graphqlBodies(datasetGroup: string, userIds: readonly string[]): string[] {
  return userIds.map((userId) =>
    JSON.stringify({ query: DOCUMENT, variables: { datasetGroup, campaign: SOLUTIONS.forYou, userId } }),
  );
}

function grpcRequests(datasetGroup: string, userIds: readonly string[]): GetRecommendationsRequest[] {
  return userIds.map((userId) => ({
    datasetGroup,
    campaign: SOLUTIONS.forYou,
    userId,
    itemId: "",
    numResults: 25,
    offset: 0,
    seenItems: SeenItems.SEEN_ITEMS_UNSPECIFIED,
    metadataColumns: [],
    context: {},
    timestamp: 0,
  }));
}

/** Measures both doors at each number of connections, each next to a bare server that sends the same bytes. */
export async function measureServing(
  setting: Setting,
  datasetGroup: string,
  userIds: readonly string[],
  seconds: number,
  rounds: number,
): Promise<ServingFigures[]> {
  const url = `${setting.supervisor.gatewayUrl}/graphql`;
  const address = setting.supervisor.address("user-personalization");
  const bodies = graphqlBodies(datasetGroup, userIds);
  const requests = grpcRequests(datasetGroup, userIds);
  const files = await oneAnswerOfEach(setting, url, address, bodies, requests);
  const bare = await startBareServer(files);
  try {
    const doors = [
      {
        door: "GraphQL" as const,
        own: (connections: number, time: number) => loadHttp({ url, bodies, connections, seconds: time }),
        bare: (connections: number) => loadHttp({ url: bare.url(0), bodies, connections, seconds }),
      },
      {
        door: "gRPC" as const,
        own: (connections: number, time: number) => loadGrpc({ address, requests, connections, seconds: time }),
        bare: (connections: number) => loadHttp({ url: bare.url(1), bodies, connections, seconds }),
      },
    ];
    const figures: ServingFigures[] = [];
    for (const door of doors) await door.own(CONNECTIONS.at(-1) ?? 1, WARM_UP_SECONDS);
    for (const connections of CONNECTIONS) {
      for (const { door, own, bare: yardstick } of doors) {
        const results: { own: LoadResult; bare: LoadResult }[] = [];
        for (let round = 0; round < rounds; round++) {
          results.push({ own: await own(connections, seconds), bare: await yardstick(connections) });
        }
        figures.push(summarise(door, connections, results));
      }
    }
    return figures;
  } finally {
    bare.stop();
  }
}

function summarise(
  door: ServingFigures["door"],
  connections: number,
  results: readonly { own: LoadResult; bare: LoadResult }[],
): ServingFigures {
  const middle = (pick: (result: (typeof results)[number]) => number) => median(results.map(pick));
  return {
    door,
    connections,
    perSecond: middle(({ own }) => own.perSecond),
    p50: middle(({ own }) => own.p50),
    p95: middle(({ own }) => own.p95),
    p99: middle(({ own }) => own.p99),
    errors: results.reduce((sum, { own }) => sum + own.errors, 0),
    barePerSecond: middle(({ bare }) => bare.perSecond),
    ratio: middle(({ own, bare }) => own.perSecond / bare.perSecond),
  };
}

/** Files with the bytes of one GraphQL answer and of one gRPC answer. */
async function oneAnswerOfEach(
  setting: Setting,
  url: string,
  address: string,
  bodies: readonly string[],
  requests: readonly GetRecommendationsRequest[],
): Promise<string[]> {
  const headers = { "content-type": "application/json" };
  const json = await (await fetch(url, { method: "POST", headers, body: bodies[0] ?? "" })).text();
  const client = createClient(RecommendationServiceClient, address);
  const [request] = requests;
  if (!request) throw new Error("There are no users to ask for.");
  const answer = await unaryCall(client, client.getRecommendations, request);
  client.close();
  if (answer.itemIds.length !== 25) throw new Error(`The answer has ${answer.itemIds.length} items instead of 25.`);
  const contents = [Buffer.from(json), Buffer.from(GetRecommendationsResponse.encode(answer).finish())];
  const files = contents.map((_, index) => path.join(setting.scratch, `answer-${index}`));
  await Promise.all(files.map((file, index) => writeFile(file, contents[index] as Buffer)));
  return files;
}
