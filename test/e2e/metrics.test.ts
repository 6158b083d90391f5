import { GraphqlClient } from "@palate/local";
import { instruments } from "@palate/telemetry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";

const GROUP = "gauged";
const SERVICES = ["datasets", "user-personalization", "gateway"] as const;

/** Metrics that nothing done here has values of: only recorded traces have. */
const ELSEWHERE = ["palate_telemetry_spans"];

/** Samples of one service as Prometheus reads them: values by name and labels. */
async function samplesOf(palate: TestPalate, service: string): Promise<Map<string, number>> {
  const text = await (await fetch(palate.supervisor.metricsUrl(service)!)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

/** The sum of the samples of this name that have all of these labels. */
function sum(samples: ReadonlyMap<string, number>, name: string, ...labels: readonly string[]): number {
  const found = [...samples].filter(([key]) => key.split("{")[0] === name && labels.every((one) => key.includes(one)));
  if (found.length === 0)
    throw new Error(`There is no ${name} with ${labels.join()} among ${[...samples.keys()].join()}`);
  return found.reduce((total, [, value]) => total + value, 0);
}

describe("a running Palate, as Prometheus sees it", () => {
  let palate: TestPalate;
  let client: GraphqlClient;
  const campaign = [`dataset_group="${GROUP}"`, 'campaign="main"'];

  beforeAll(async () => {
    palate = await startPalate(SERVICES);
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
  afterAll(() => palate?.stop());

  const recommend = async (userId: string): Promise<string> => {
    const { recommendations } = await client.run<{ recommendations: { recommendationId: string } }>(
      `{ recommendations(datasetGroup: "${GROUP}", campaign: "main", userId: "${userId}", first: 5) { recommendationId edges { node { itemId } } } }`,
    );
    return recommendations.recommendationId;
  };

  it("counts requests at the door and the calls behind it", async () => {
    await recommend("u0");
    await expect(
      client.run(`{ recommendations(datasetGroup: "${GROUP}", campaign: "none") { recommendationId } }`),
    ).rejects.toThrow("none");
    const gateway = await samplesOf(palate, "gateway");
    const field = 'graphql_field="Query.recommendations"';
    expect(sum(gateway, "palate_graphql_field_duration_seconds_count", field, 'outcome="OK"')).toBe(1);
    expect(sum(gateway, "palate_graphql_field_duration_seconds_count", field, 'outcome="NOT_FOUND"')).toBe(1);
    expect(
      sum(gateway, "http_server_request_duration_seconds_count", 'http_route="/graphql"', '_code="200"'),
    ).toBeGreaterThan(1);
    expect(sum(gateway, "palate_caller_items_total", 'caller_kind="local"', `dataset_group="${GROUP}"`)).toBe(5);
    const method = 'rpc_method="palate.recipe.v1.RecommendationService/GetRecommendations"';
    const called = sum(gateway, "rpc_client_call_duration_seconds_count", method);
    const answered = sum(
      await samplesOf(palate, "user-personalization"),
      "rpc_server_call_duration_seconds_count",
      method,
      '="OK"',
    );
    expect([called, answered]).toEqual([1, 1]);
  });

  it("tells the model's answers from fallbacks", async () => {
    await recommend("nobody");
    const service = await samplesOf(palate, "user-personalization");
    expect(sum(service, "palate_answers_total", ...campaign, 'fallback="false"')).toBe(1);
    expect(sum(service, "palate_answers_total", ...campaign, 'fallback="true"')).toBe(1);
    expect(sum(service, "palate_answered_items_total", ...campaign, 'source="popular"')).toBe(5);
  });

  it("counts a list once when events name its recommendation", async () => {
    const recommendationId = await recommend("u1");
    const choose = (eventId: string) =>
      client.run(
        `mutation ($events: PutEventsInput!) { putEvents(input: $events) { recorded userErrors { message } } }`,
        {
          events: {
            datasetGroup: GROUP,
            interactions: [{ userId: "u1", itemId: "new one", eventId, recommendationId }],
          },
        },
      );
    await choose("1");
    await choose("2");
    await eventually(async () => {
      const service = await samplesOf(palate, "user-personalization");
      return (
        service.has(`palate_replica_changes_total{dataset_group="${GROUP}"}`) &&
        sum(service, "palate_replica_changes_total") === 2
      );
    });
    const service = await samplesOf(palate, "user-personalization");
    expect(sum(service, "palate_quality_clicked_lists_total", ...campaign)).toBe(1);
    expect(sum(await samplesOf(palate, "datasets"), "palate_records_total", 'kind="interactions"')).toBe(2);
    // 20 items were trained on, and there is one more now.
    expect(sum(service, "palate_drift_unseen_ratio", ...campaign, 'subject="items"')).toBeCloseTo(1 / 21);
    expect(sum(service, "palate_drift_unseen_ratio", ...campaign, 'subject="users"')).toBe(0);
  });

  it("says what is served, how old it is and how good it was measured to be", async () => {
    const service = await samplesOf(palate, "user-personalization");
    expect(sum(service, "palate_model_info", ...campaign, 'recipe="aws-user-personalization-v2"')).toBe(1);
    expect(sum(service, "palate_model_age_seconds", ...campaign)).toBeGreaterThan(0);
    expect(
      sum(service, "palate_quality_offline_ratio", ...campaign, 'metric="normalized_discounted_cumulative_gain_at_10"'),
    ).toBeGreaterThan(0);
    expect(sum(service, "palate_replica_lag_seconds", `dataset_group="${GROUP}"`)).toBeLessThan(30);
    expect(sum(service, "palate_job_duration_seconds_count", 'job_type="training"', 'outcome="ok"')).toBe(1);
    expect(sum(service, "palate_jobs", 'job_type="training"')).toBe(0);
    const datasets = await samplesOf(palate, "datasets");
    expect(sum(datasets, "palate_job_phase_duration_seconds_count", 'job_type="import"', 'phase="reading"')).toBe(1);
  });

  it("has every metric of the table, and no other", async () => {
    const found = new Set<string>();
    const types: string[] = [];
    for (const service of SERVICES) {
      const response = await fetch(palate.supervisor.metricsUrl(service)!, {
        headers: { accept: "application/openmetrics-text" },
      });
      expect(response.headers.get("content-type")).toContain("application/openmetrics-text");
      const text = await response.text();
      expect(text.endsWith("\n# EOF\n")).toBe(true);
      types.push(...text.split("\n").filter((line) => line.startsWith("# TYPE ")));
    }
    for (const line of types) found.add(line.split(" ")[2]!);
    const declared = Object.values(instruments).map(({ definition: { name, unit } }) => {
      const suffix = { s: "_seconds", By: "_bytes", "1": "_ratio" }[unit] ?? "";
      return `${name.replaceAll(".", "_")}${suffix}`;
    });
    expect([...found].sort()).toEqual(declared.filter((name) => !ELSEWHERE.includes(name)).sort());
  });
});
