import { GraphqlClient } from "@palate/local";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from "../support/otlp-receiver.js";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { drawTrace } from "../support/trace-picture.js";

const GROUP = "traced";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const QUERY = `{ recommendations(datasetGroup: "${GROUP}", campaign: "main", userId: "u0", first: 5, diversity: { weight: 0.3 }, filterExpression: "EXCLUDE ItemID WHERE Items.ITEM_ID IN (\\"x1\\")") { edges { node { itemId } } } }`;

const DOCS = new URL("../../recipe-services/kit/telemetry/", import.meta.url);
const STORED = new URL("recommendation-trace.json", DOCS);
const PICTURE = new URL("recommendation-trace.svg", DOCS);

/** One recommendation followed through the processes of a running Palate, by what a receiver got of it. */
describe("a recommendation that is traced", () => {
  let palate: TestPalate;
  let receiver: OtlpReceiver;
  let client: GraphqlClient;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    palate = await startPalate(["datasets", "user-personalization", "gateway"], {
      PALATE_LOG_LEVEL: "debug",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: "100",
    });
    client = new GraphqlClient(palate.supervisor.gatewayUrl);
    await importInteractions(palate, GROUP, twoCircles(40, 20, 8));
    await client.run(`mutation {
      createSolution(input: { datasetGroup: "${GROUP}", name: "main", recipe: "aws-user-personalization-v2", hyperparameters: { training_seconds: 2 } }) { userErrors { message } }
      createSolutionVersion(input: { datasetGroup: "${GROUP}", solution: "main" }) { userErrors { message } }
      createCampaign(input: { datasetGroup: "${GROUP}", name: "main", solution: "main" }) { userErrors { message } } }`);
    await eventually(async () => {
      const { solutionVersion } = await client.run<{ solutionVersion: { status: string } | null }>(
        `{ solutionVersion(datasetGroup: "${GROUP}", solution: "main", versionId: "$LATEST") { status } }`,
      );
      return solutionVersion?.status === "ACTIVE";
    });
  });
  afterAll(async () => {
    await palate?.stop();
    await receiver?.close();
  });

  const ask = (traceparent: string, query = QUERY) =>
    fetch(`${palate.supervisor.gatewayUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", traceparent },
      body: JSON.stringify({ query }),
    }).then((response) => response.json() as Promise<{ data: unknown; errors?: readonly unknown[] }>);

  const spansOf = async (traceId: string, count: number): Promise<ReceivedSpan[]> => {
    const found = () => receiver.spans.filter((span) => span.traceId === traceId);
    await eventually(() => found().length >= count);
    return found();
  };

  it("is one tree from the caller's span over field and call to the model's kernel", async () => {
    // The first answers of a process take longer than all others.
    for (let before = 0; before < 30; before++) await ask(`00-${"1".repeat(32)}-${CALLER}-01`);
    expect((await ask(`00-${TRACE}-${CALLER}-01`)).errors).toBeUndefined();
    const spans = await spansOf(TRACE, 8);
    const chain: [string, number, string][] = [
      ["POST /graphql", 2, "palate-gateway"],
      ["Query.recommendations", 1, "palate-gateway"],
      ["palate.recipe.v1.RecommendationService/GetRecommendations", 3, "palate-gateway"],
      ["palate.recipe.v1.RecommendationService/GetRecommendations", 2, "palate-user-personalization"],
      ["palate.answer", 1, "palate-user-personalization"],
      ["palate.diversity", 1, "palate-user-personalization"],
      ["palate.model", 1, "palate-user-personalization"],
      ["palate.kernel.scan", 1, "palate-user-personalization"],
    ];
    let parent = CALLER;
    for (const [name, kind, service] of chain) {
      const span = spans.find((one) => one.name === name && one.kind === kind && one.parentSpanId === parent);
      expect(span, `${name} below ${parent}`).toMatchObject({ service, failed: false });
      parent = span!.spanId;
    }
    const answer = spans.find(({ name }) => name === "palate.answer")!;
    expect(spans.find(({ name }) => name === "palate.filter")?.parentSpanId).toBe(answer.spanId);
    expect(answer.attributes).toMatchObject({ "palate.dataset_group": GROUP, "palate.campaign": "main" });
    expect(JSON.stringify(spans)).not.toContain("u0");
    if (process.env.STORE_TRACE) {
      const stored = spans.map(({ parentSpanId, ...span }) => ({
        ...span,
        ...(parentSpanId !== undefined && parentSpanId !== CALLER && { parentSpanId }),
      }));
      writeFileSync(STORED, `${JSON.stringify(stored, null, 2)}\n`);
      writeFileSync(PICTURE, drawTrace(stored));
    }
  });

  it("is an exemplar of the histograms, and in the log", async () => {
    const missing = "2".repeat(32);
    await ask(`00-${missing}-${CALLER}-01`, QUERY.replace('campaign: "main"', 'campaign: "none"'));
    const headers = { accept: "application/openmetrics-text" };
    const text = await (await fetch(palate.supervisor.metricsUrl("gateway")!, { headers })).text();
    expect(text).toMatch(
      /^palate_graphql_field_duration_seconds_bucket\{.*\} \d+ # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} /m,
    );
    expect(text).toContain(`trace_id="${missing}"`);
    await ask(`00-${"3".repeat(32)}-${CALLER}-01`, QUERY.replace("IN (", "IN IN ("));
    await eventually(async () => {
      const log = await readFile(path.join(palate.supervisor.logFolder, "user-personalization.log"), "utf8");
      return log.split("\n").some((line) => line.includes(`"trace_id":"${"3".repeat(32)}"`));
    });
  });

  it("is not recorded anywhere when its caller does not record it", async () => {
    const unrecorded = "5".repeat(32);
    await ask(`00-${unrecorded}-${CALLER}-00`);
    await ask(`00-${"6".repeat(32)}-${CALLER}-01`);
    await spansOf("6".repeat(32), 8);
    expect(receiver.spans.filter(({ traceId }) => traceId === unrecorded)).toEqual([]);
    const lost = receiver.spans.filter(
      ({ name, parentSpanId }) => name.endsWith("GetRecommendations") && parentSpanId === undefined,
    );
    expect(lost).toEqual([]);
  });

  it("stands beside traces of imports and trainings with their phases", async () => {
    await eventually(() => receiver.spans.some(({ name }) => name === "palate.job.phase fitting"));
    for (const [job, phases] of [
      ["import", ["reading", "analysing", "storing"]],
      ["training", ["reading", "fitting"]],
    ] as const) {
      const root = receiver.spans.find(({ name }) => name === `palate.job ${job}`)!;
      const names = receiver.spans.filter(({ traceId }) => traceId === root.traceId).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(phases.map((phase) => `palate.job.phase ${phase}`)));
    }
  });
});

it("the picture in the docs is of the stored trace", () => {
  const stored = JSON.parse(readFileSync(STORED, "utf8")) as ReceivedSpan[];
  expect(readFileSync(PICTURE, "utf8")).toBe(drawTrace(stored));
});
