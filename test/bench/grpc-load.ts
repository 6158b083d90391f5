/**
 * The gRPC client of the benchmark, run as a program of its own so that it shares no event loop with what it measures.
 * Its parent sends it one GrpcLoad and gets one LoadResult back.
 */
import { createClient, unaryCall } from "@palate/host";
import { RecommendationServiceClient, type GetRecommendationsRequest } from "@palate/proto/recipe";
import { performance } from "node:perf_hooks";
import type { LoadResult } from "./http-load.js";
import { spreadOf } from "./percentiles.js";

/** A load to put on a recipe service. */
export interface GrpcLoad {
  /** "host:port" of the service. */
  readonly address: string;
  /** Requests, sent in turn on every connection. */
  readonly requests: readonly GetRecommendationsRequest[];
  /** Connections, each with one call under way at a time. */
  readonly connections: number;
  /** How long. */
  readonly seconds: number;
}

async function load({ address, requests, connections, seconds }: GrpcLoad): Promise<LoadResult> {
  const clients = Array.from({ length: connections }, () => createClient(RecommendationServiceClient, address));
  const times: number[] = [];
  let errors = 0;
  const callOn = async (client: RecommendationServiceClient, index: number) => {
    const request = requests[index % requests.length] as GetRecommendationsRequest;
    const { itemIds } = await unaryCall(client, client.getRecommendations, request);
    if (itemIds.length === 0) errors++;
  };
  await Promise.all(clients.map((client, i) => callOn(client, i))); // connects
  errors = 0;
  const started = performance.now();
  const end = started + seconds * 1_000;
  await Promise.all(
    clients.map(async (client, connection) => {
      for (let i = connection; performance.now() < end; i++) {
        const sent = performance.now();
        await callOn(client, i).catch(() => errors++);
        times.push(performance.now() - sent);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1_000;
  for (const client of clients) client.close();
  return { perSecond: times.length / elapsed, errors, ...spreadOf(times) };
}

process.once("message", (task: GrpcLoad) => {
  void load(task).then((result) => process.send?.(result, () => process.disconnect()));
});
