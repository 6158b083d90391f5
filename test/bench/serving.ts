import { createClient, unaryCall } from "@palate/host";
import {
  GetRecommendationsRequest,
  GetRecommendationsResponse,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { loadHttp, type LoadResult } from "./http-load.js";
import { median } from "./percentiles.js";
import { loadGrpc, startBareServer } from "./programs.js";
import type { Setting } from "./setting.js";
import { SOLUTIONS } from "./training.js";

/** A recommendation of 25 items under load, one row of the table. */
export interface ServingFigures extends LoadResult {
  readonly door: "GraphQL" | "gRPC";
  readonly campaign: string;
  readonly connections: number;
  /** Answers a second of a bare HTTP server that sends the same bytes, measured in turn with this. */
  readonly barePerSecond: number;
  /** This one's answers a second as a share of the bare server's. */
  readonly ratio: number;
}

/** The popularity campaign costs next to nothing to compute: it shows what the doors themselves cost. */
const LOADS = [
  { campaign: SOLUTIONS.forYou, service: "user-personalization", connections: [1, 16, 64] },
  { campaign: SOLUTIONS.popular, service: "popularity", connections: [16] },
] as const;
const WARM_UP_SECONDS = 1;
const DOCUMENT = `query ($datasetGroup: String!, $campaign: String!, $userId: ID) {
  recommendations(datasetGroup: $datasetGroup, campaign: $campaign, userId: $userId, first: 25) {
    recommendationId
    edges { score node { itemId } }
  }
}`;

/** The GraphQL requests for these users, as bodies. */
export function graphqlBodies(datasetGroup: string, campaign: string, userIds: readonly string[]): string[] {
  return userIds.map((userId) => JSON.stringify({ query: DOCUMENT, variables: { datasetGroup, campaign, userId } }));
}

function grpcRequests(datasetGroup: string, campaign: string, userIds: readonly string[]): GetRecommendationsRequest[] {
  return userIds.map((userId) => GetRecommendationsRequest.create({ datasetGroup, campaign, userId, numResults: 25 }));
}

/** Measures both doors at each number of connections, each next to a bare server that sends the same bytes. */
export async function measureServing(
  setting: Setting,
  datasetGroup: string,
  userIds: readonly string[],
  seconds: number,
  rounds: number,
): Promise<ServingFigures[]> {
  const figures: ServingFigures[] = [];
  const url = `${setting.supervisor.gatewayUrl}/graphql`;
  for (const { campaign, service, connections } of LOADS) {
    const address = setting.supervisor.address(service);
    const bodies = graphqlBodies(datasetGroup, campaign, userIds);
    const requests = grpcRequests(datasetGroup, campaign, userIds);
    const bare = await startBareServer(await oneAnswerOfEach(setting, url, address, bodies, requests));
    const graphql = (count: number, time: number) => loadHttp({ url, bodies, connections: count, seconds: time });
    const grpc = (count: number, time: number) => loadGrpc({ address, requests, connections: count, seconds: time });
    const yardstick = (index: number) => (count: number) =>
      loadHttp({ url: bare.url(index), bodies, connections: count, seconds });
    try {
      for (const own of [graphql, grpc]) await own(16, WARM_UP_SECONDS);
      for (const count of connections) {
        const measured = await inTurn([graphql, yardstick(0), grpc, yardstick(1)], count, seconds, rounds);
        const [byGraphql = [], bareJson = [], byGrpc = [], bareProto = []] = measured;
        figures.push(summarise({ door: "GraphQL", campaign, connections: count }, byGraphql, bareJson));
        figures.push(summarise({ door: "gRPC", campaign, connections: count }, byGrpc, bareProto));
      }
    } finally {
      bare.stop();
    }
  }
  return figures;
}

/** Each load once a round, one after another; results by load. */
async function inTurn(
  loads: readonly ((connections: number, seconds: number) => Promise<LoadResult>)[],
  connections: number,
  seconds: number,
  rounds: number,
): Promise<LoadResult[][]> {
  const results: LoadResult[][] = loads.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, load] of loads.entries()) results[index]?.push(await load(connections, seconds));
  }
  return results;
}

function summarise(
  what: Pick<ServingFigures, "door" | "campaign" | "connections">,
  own: readonly LoadResult[],
  bare: readonly LoadResult[],
): ServingFigures {
  const middle = (pick: (result: LoadResult) => number) => median(own.map(pick));
  return {
    ...what,
    perSecond: middle(({ perSecond }) => perSecond),
    p50: middle(({ p50 }) => p50),
    p95: middle(({ p95 }) => p95),
    p99: middle(({ p99 }) => p99),
    errors: own.reduce((sum, { errors }) => sum + errors, 0),
    barePerSecond: median(bare.map(({ perSecond }) => perSecond)),
    ratio: median(own.map(({ perSecond }, round) => perSecond / (bare[round]?.perSecond ?? NaN))),
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
