import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "@palate/mongo";

const run = promisify(execFile);

const ROOT = path.resolve(import.meta.dirname, "../..");
const SOURCES = path.join(ROOT, "infra/observability/tools");
const PROGRAMS = ["prometheus", "promtool"] as const;

/** Prometheus and its tool, or why they are not there. */
export type PrometheusPrograms = { readonly folder: string } | { readonly missing: string };

/**
 * Prometheus of the version that go.mod names, in the cache folder. PALATE_TEST_PROMETHEUS=build has Go build it when it is not
 * there yet, which takes minutes of all processors.
 */
export async function prometheusPrograms(): Promise<PrometheusPrograms> {
  const version = createHash("sha256")
    .update(readFileSync(path.join(SOURCES, "go.sum")))
    .digest("hex")
    .slice(0, 16);
  const folder = path.join(ROOT, ".cache/prometheus", version);
  if (PROGRAMS.every((name) => existsSync(path.join(folder, name)))) return { folder };
  if (process.env.PALATE_TEST_PROMETHEUS !== "build") return { missing: "PALATE_TEST_PROMETHEUS=build builds it" };
  const part = `${folder}.${process.pid}`;
  try {
    await mkdir(part, { recursive: true });
    const packages = PROGRAMS.map((name) => `github.com/prometheus/prometheus/cmd/${name}`);
    // Without what finds targets in clouds, which is most of it.
    const args = ["build", "-tags", "remove_all_sd", "-ldflags=-s -w", "-o", part, ...packages];
    await run("go", args, { cwd: SOURCES, env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" }, maxBuffer: 1e8 });
    await rename(part, folder);
    return { folder };
  } catch (thrown) {
    await rm(part, { recursive: true, force: true });
    const said = String((thrown as { stderr?: string }).stderr ?? (thrown as Error).message).trimEnd();
    return { missing: `Go and a module proxy are needed to build Prometheus: ${said.slice(-200)}` };
  }
}

/** A Prometheus that reads metrics every second. */
export class TestPrometheus {
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /**
   * @param programs where it was built
   * @param folder for its data and configuration; the caller's to delete
   * @param targets "host:port" of what it reads, as the job "palate"
   * @param rules files of rules
   */
  static async start(
    programs: string,
    folder: string,
    targets: readonly string[],
    rules: readonly string[],
  ): Promise<TestPrometheus> {
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: rules,
      scrape_configs: [{ job_name: "palate", static_configs: [{ targets }] }],
    };
    const file = path.join(folder, "prometheus.json");
    await writeFile(file, JSON.stringify(config)); // JSON is YAML.
    const port = await freePort("127.0.0.1");
    const args = [`--config.file=${file}`, `--storage.tsdb.path=${path.join(folder, "data")}`];
    const child = spawn(path.join(programs, "prometheus"), [...args, `--web.listen-address=127.0.0.1:${port}`], {
      stdio: "ignore",
    });
    const prometheus = new TestPrometheus(child, `http://127.0.0.1:${port}`);
    for (let attempt = 0; attempt < 600; attempt++) {
      if (child.exitCode !== null) throw new Error(`Prometheus ended with code ${child.exitCode}`);
      const ready = await fetch(`${prometheus.#url}/-/ready`).catch(() => undefined);
      if (ready?.ok) return prometheus;
      await sleep(100);
    }
    throw new Error("Prometheus did not become ready within a minute");
  }

  /** How many series an expression has now. Throws Error with Prometheus' words when it cannot be evaluated. */
  async series(expression: string): Promise<number> {
    const answer = await this.#ask<{ result: readonly unknown[] }>(`query?query=${encodeURIComponent(expression)}`);
    return answer.result.length;
  }

  /** What became of each rule when it was last evaluated, by name: "ok", or the error. */
  async rules(): Promise<ReadonlyMap<string, string>> {
    interface Rule {
      readonly name: string;
      readonly health: string;
      readonly lastError?: string;
    }
    const { groups } = await this.#ask<{ groups: readonly { readonly rules: readonly Rule[] }[] }>("rules");
    return new Map(groups.flatMap(({ rules }) => rules.map((rule) => [rule.name, rule.lastError || rule.health])));
  }

  async #ask<T>(what: string): Promise<T> {
    const answer = (await (await fetch(`${this.#url}/api/v1/${what}`)).json()) as { data: T; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.data;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.kill();
    await exit;
  }
}
