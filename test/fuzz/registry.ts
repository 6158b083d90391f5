import { fuzzFilterEvaluation, fuzzFilterText } from "@palate/filter/fuzz";
import { runFullDiskRounds } from "../support/full-disk-rounds.js";
import { runKillRounds } from "../support/kill-rounds.js";
import { fuzzEngineMessages } from "./engine-messages.js";
import { fuzzImportDialects } from "./dialects/fuzz-dialects.js";
import { fuzzExportRoundTrip } from "./export-round-trip.js";
import { fuzzGraphql } from "./graphql/fuzz-graphql.js";
import { NotPossible, type Fuzzer } from "./fuzzer.js";
import { fuzzGrpc } from "./grpc/fuzz-grpc.js";
import { parallelSimulations } from "./parallel-simulations.js";

/** All fuzzers of the house. */
export const FUZZERS: readonly Fuzzer[] = [
  {
    name: "filter-text",
    checks: "any text is a filter that prints and parses to itself, or is refused with a place",
    round: "a text",
    rounds: 500_000,
    fewRounds: 1_000,
    run: async (seed, rounds) => {
      const { parsed, applied } = fuzzFilterText(seed, rounds);
      return `${parsed} were filters, ${applied} could be applied`;
    },
  },
  {
    name: "filter-evaluation",
    checks: "compiled filters and the plain evaluation of their syntax agree on every row",
    round: "a set of data with ten filters",
    rounds: 2_000,
    fewRounds: 5,
    run: async (seed, rounds) => {
      const { requests, rows, heldBack } = fuzzFilterEvaluation(seed, rounds);
      return `${requests} requests held back ${heldBack} of ${rows} rows`;
    },
  },
  {
    name: "write-path",
    checks: "no acknowledged event is lost or counts twice, and all readers see one order, whatever fails",
    round: "a simulated run of the datasets service",
    rounds: 3_000,
    fewRounds: 20,
    run: async (seed, rounds) => {
      const { acknowledged, compactions, kills } = await parallelSimulations(seed, rounds);
      return `${acknowledged} acknowledged requests, ${compactions} compactions, ${kills} kills`;
    },
  },
  {
    name: "export-round-trip",
    checks: "what an export writes, an import takes, and a second export has the same bytes, in every format",
    round: "a dataset of any type and schema",
    rounds: 25,
    fewRounds: 2,
    run: async (seed, rounds) => {
      const { rows, exports } = await fuzzExportRoundTrip(seed, rounds);
      return `${exports} exports of ${rows} rows were the same`;
    },
  },
  {
    name: "import-dialects",
    checks:
      "any value comes back exactly from a file of any format, dialect and mapping, or the file is refused with place and remedy",
    round: "a file",
    rounds: 2_000,
    fewRounds: 30,
    run: async (seed, rounds) => {
      const began = performance.now();
      const figures = await fuzzImportDialects(seed, rounds);
      const each = Object.entries(figures).map(([outcome, files]) => `${files} ${outcome}`);
      return `${each.join(", ")}; ${Math.round((1000 * rounds) / (performance.now() - began))} files a second`;
    },
  },
  {
    name: "graphql-documents",
    checks:
      "any request to the gateway is answered or refused in the API's own form, never as a fault, and within its budget of time",
    round: "a document, one in eight by HTTP",
    rounds: 20_000,
    fewRounds: 400,
    run: async (seed, rounds) => {
      const began = performance.now();
      const { outcomes, slowest } = await fuzzGraphql(seed, rounds);
      const each = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
      const { kind, milliseconds, share } = slowest;
      const worst = `closest to its budget: ${kind} ${milliseconds.toFixed(1)} ms, ${Math.round(100 * share)} % (seed ${slowest.seed})`;
      return `${each.join(", ")}; ${worst}; ${Math.round((1000 * rounds) / (performance.now() - began))} a second`;
    },
  },
  {
    name: "grpc-messages",
    checks: "any message to a service is answered with a status that is no fault of its own, within its budget of time",
    round: "a call",
    rounds: 10_000,
    fewRounds: 160,
    run: async (seed, rounds) => {
      const began = performance.now();
      const { statuses, slowest } = await fuzzGrpc(seed, rounds);
      const each = Object.entries(statuses).map(([name, count]) => `${count} ${name}`);
      const worst = `closest to its budget: ${slowest.method} ${slowest.milliseconds.toFixed(1)} ms, ${Math.round(100 * slowest.share)} % (seed ${slowest.seed})`;
      return `${each.join(", ")}; ${worst}; ${Math.round((1000 * rounds) / (performance.now() - began))} a second`;
    },
  },
  {
    name: "engine-messages",
    checks:
      "no message makes the embedded engine panic (Go draws inputs itself, keeps a failing one in testdata, and compiles for minutes first)",
    round: "a message",
    rounds: 1_000_000,
    fewRounds: 100,
    run: fuzzEngineMessages,
  },
  {
    name: "kills",
    checks: "no acknowledged event is lost or counts twice when processes are killed while events stream",
    round: "a kill of the datasets service, the database or both",
    rounds: 10,
    fewRounds: 1,
    run: async (seed, rounds) => {
      const figures = await runKillRounds(rounds, seed);
      const { acknowledged, lost, twice, unknown } = figures;
      if (lost + twice + unknown > 0)
        throw new Error(`${JSON.stringify(figures)}: something is lost, twice or unknown`);
      return `${acknowledged} acknowledged events, ${figures.breaks} broken streams`;
    },
  },
  {
    name: "restarts-on-a-full-disk",
    checks:
      "no acknowledged event is lost or counts twice, and all heals without a hand, when a disk fills and empties and every process is killed meanwhile",
    round: "a full disk and a kill of each process",
    rounds: 20,
    fewRounds: 1,
    run: async (seed, rounds) => {
      const figures = await runFullDiskRounds(rounds, seed);
      if (figures === undefined) throw new NotPossible("a disk cannot be mounted");
      const { acknowledged, lost, twice, breaks, killed, recommendations, slowestHealing } = figures;
      if (lost + twice > 0) throw new Error(`${JSON.stringify(figures)}: something is lost or twice`);
      const kills = Object.entries(killed).map(([name, count]) => `${name} ${count}`);
      return `${acknowledged} acknowledged events, ${recommendations} recommendations, ${breaks} broken streams; killed: ${kills.join(", ")}; healed within ${slowestHealing.toFixed(1)} s`;
    },
  },
];
