import { GraphqlClient } from "@palate/local";
import { instruments, labelName, prometheusName } from "@palate/telemetry";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../support/palate.js";
import { prometheusPrograms, TestPrometheus } from "../support/prometheus.js";

const FOLDER = path.resolve(import.meta.dirname, "../../infra/observability");
const ALERTS = path.join(FOLDER, "prometheus/alerts.yml");
const DASHBOARDS = path.join(FOLDER, "grafana/dashboards");

const read = (file: string) => readFileSync(path.join(FOLDER, file), "utf8");

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

/** The queries of all dashboards by "dashboard: panel", as they are once a group and a campaign are chosen. */
const queries = readdirSync(DASHBOARDS).flatMap((file) => {
  const { title, panels } = JSON.parse(read(`grafana/dashboards/${file}`)) as { title: string; panels: Panel[] };
  return panels.flatMap((panel) =>
    panel.targets.map(({ expr }): [string, string] => {
      const chosen = expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$(dataset_group|campaign)/g, ".*");
      return [`${title}: ${panel.title}`, chosen];
    }),
  );
});

const alerts = [...read("prometheus/alerts.yml").matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);

describe("dashboards and rules", () => {
  it("speak of metrics that there are", () => {
    const declared = new Set(["up"]);
    for (const { definition, type } of Object.values(instruments)) {
      for (const label of definition.labels) declared.add(labelName(label));
      const ends = { counter: ["_total"], gauge: [""], histogram: ["_bucket", "_count", "_sum"] }[type];
      for (const end of ends) declared.add(prometheusName(definition) + end);
    }
    const rules = read("prometheus/alerts.yml")
      .split("\n")
      .filter((line) => !line.trim().startsWith("summary:"));
    const used = [...rules, ...queries.map(([, expr]) => expr)]
      .join("\n")
      .replaceAll(/"[^"]*"/g, "")
      .matchAll(/\b(?:up|(?:palate|http|rpc|nodejs|v8js|process)_\w+)(?=[{)[ ])/g);
    const unknown = [...new Set([...used].map(([name]) => name))].filter((name) => !declared.has(name));
    expect(unknown).toEqual([]);
  });

  it("are what panels.mjs describes", async () => {
    const { dashboardFiles } = (await import(path.join(FOLDER, "grafana/write-dashboards.mjs"))) as {
      dashboardFiles: () => [string, string][];
    };
    const files = dashboardFiles();
    expect(readdirSync(DASHBOARDS).sort()).toEqual(files.map(([name]) => name).sort());
    for (const [name, text] of files) expect(read(`grafana/dashboards/${name}`)).toBe(text);
  });

  it("have a line in the README and a test for each alert", () => {
    const told = [...read("README.md").matchAll(/^\| `(Palate\w+)` \|/gm)].map(([, name]) => name);
    expect(told).toEqual(alerts);
    const tested = new Set(
      [...read("prometheus/alerts.test.yml").matchAll(/alertname: (\w+)/g)].map(([, name]) => name),
    );
    expect(alerts.filter((name) => !tested.has(name))).toEqual([]);
  });
});

const programs = await prometheusPrograms();

describe.skipIf("missing" in programs)("a real Prometheus", () => {
  const { folder: built } = programs as { folder: string };
  const group = "watched";
  let palate: TestPalate;
  let prometheus: TestPrometheus;
  let data: string;

  beforeAll(async () => {
    data = await mkdtemp(path.join(tmpdir(), "palate-prometheus-"));
    const services = ["datasets", "popularity", "user-personalization", "gateway"] as const;
    palate = await startPalate(services);
    const targets = services.map((service) => new URL(palate.supervisor.metricsUrl(service)!).host);
    prometheus = await TestPrometheus.start(built, data, targets, [ALERTS]);
    const client = new GraphqlClient(palate.supervisor.gatewayUrl);
    await importInteractions(palate, group, twoCircles(40, 20, 8));
    await client.run(`mutation {
      createSolution(input: { datasetGroup: "${group}", name: "main", recipe: "aws-user-personalization-v2", hyperparameters: { training_seconds: 2 } }) { userErrors { message } }
      createSolutionVersion(input: { datasetGroup: "${group}", solution: "main" }) { userErrors { message } }
      createCampaign(input: { datasetGroup: "${group}", name: "main", solution: "main" }) { userErrors { message } } }`);
    const asked = `{ recommendations(datasetGroup: "${group}", campaign: "main", userId: "u1", first: 5) { recommendationId nodes { itemId } } }`;
    const use = async () => {
      await client.run(asked.replace('"u1"', '"nobody"'));
      const { recommendations } = await client.run<{ recommendations: { recommendationId: string } | null }>(asked);
      const event = { userId: "u1", itemId: "i1", recommendationId: recommendations!.recommendationId };
      await client.run(`mutation ($events: PutEventsInput!) { putEvents(input: $events) { recorded } }`, {
        events: { datasetGroup: group, interactions: [event] },
      });
    };
    const failing = () =>
      client
        .run(`{ recommendations(datasetGroup: "${group}", campaign: "none") { recommendationId } }`)
        .catch(() => {});
    await eventually(() =>
      use().then(
        () => true,
        () => false,
      ),
    );
    // A rate needs two readings.
    await eventually(async () => {
      await Promise.all([use(), failing()]);
      return (await prometheus.series('rate(palate_answers_total{fallback="false"}[1m]) > 0')) > 0;
    });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await palate?.stop();
    await rm(data, { recursive: true, force: true });
  });

  // Only recorded traces have spans, and only models of sequences, which need more than these events, a cache of states.
  const elsewhere = ["palate_telemetry_spans", "palate_cache_lookups"];
  it.each(queries.filter(([, expr]) => !elsewhere.some((name) => expr.includes(name))))(
    "has something to show in %s",
    async (_panel, expr) => {
      await eventually(async () => (await prometheus.series(expr)) > 0);
    },
  );

  it("evaluates every rule", async () => {
    await eventually(async () => ![...(await prometheus.rules()).values()].includes("unknown"));
    expect(await prometheus.rules()).toEqual(new Map(alerts.map((name) => [name, "ok"])));
  });

  it("fires each alert when it is to, by promtool", async () => {
    const tests = path.join(FOLDER, "prometheus/alerts.test.yml");
    const { stdout } = await promisify(execFile)(path.join(built, "promtool"), ["test", "rules", tests]);
    expect(stdout).toContain("SUCCESS");
  });
});
