import { Counter } from "./counter.js";
import type { MetricDefinition } from "./definition.js";
import type { Metric } from "./exposition.js";
import { Gauge } from "./gauge.js";
import { Histogram } from "./histogram.js";

/** Bounds of short durations, in seconds: those of the semantic conventions, and finer ones below. */
const SHORT = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Bounds of jobs, in seconds. */
const LONG = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400];

type Described = Omit<MetricDefinition, "name">;

const counter = (name: string, definition: Described) => new Counter({ name, ...definition });
const gauge = (name: string, definition: Described) => new Gauge({ name, ...definition });
const total = (name: string, definition: Described) => new Gauge({ name, ...definition }, "counter");
const histogram = (name: string, bounds: readonly number[], definition: Described) =>
  new Histogram({ name, ...definition }, bounds);

const GROUP = "dataset_group";
const CAMPAIGN = [GROUP, "campaign"];

/** Every metric of Palate; a service has those of what it does. */
export const instruments = {
  target: gauge("target.info", {
    unit: "{process}",
    labels: ["service.name", "service.version", "service.instance.id"],
    description: "1; says which process this is.",
  }),
  processUptime: gauge("process.uptime", { unit: "s", labels: [], description: "Time since the process started." }),
  processCpu: total("process.cpu.time", {
    unit: "s",
    labels: ["cpu.mode"],
    description: "CPU time of the process on all cores, by mode: user or system.",
  }),
  processMemory: gauge("process.memory.usage", {
    unit: "By",
    labels: [],
    description: "Memory that the process occupies (resident set).",
  }),
  heapUsed: gauge("v8js.memory.heap.used", { unit: "By", labels: [], description: "JavaScript heap in use." }),
  eventLoopDelayMean: gauge("nodejs.eventloop.delay.mean", {
    unit: "s",
    labels: [],
    description: "Mean delay of the event loop since metrics were last read.",
  }),
  eventLoopDelayP99: gauge("nodejs.eventloop.delay.p99", {
    unit: "s",
    labels: [],
    description: "Delay of the event loop that 99 % stay below, since metrics were last read.",
  }),
  eventLoopDelayMax: gauge("nodejs.eventloop.delay.max", {
    unit: "s",
    labels: [],
    description: "Longest delay of the event loop since metrics were last read.",
  }),
  eventLoopUtilization: gauge("nodejs.eventloop.utilization", {
    unit: "1",
    labels: [],
    description: "Share of time that the event loop was busy, since metrics were last read.",
  }),

  httpDuration: histogram("http.server.request.duration", SHORT, {
    unit: "s",
    labels: ["http.request.method", "http.route", "http.response.status_code"],
    description: "Time from an HTTP request's head to the end of its answer.",
  }),
  httpActive: gauge("http.server.active_requests", {
    unit: "{request}",
    labels: [],
    description: "HTTP requests in progress.",
  }),
  fieldDuration: histogram("palate.graphql.field.duration", SHORT, {
    unit: "s",
    labels: ["graphql.field", "outcome"],
    description: "Time that a root field of Query or Mutation took; its outcome is OK or the code of its error.",
  }),
  callerFields: counter("palate.caller.fields", {
    unit: "{field}",
    labels: ["caller.kind", "caller.id", GROUP],
    description: "Root fields that were answered, by who asked (local, apiKey or token, and its id) and dataset group.",
  }),
  callerItems: counter("palate.caller.items", {
    unit: "{item}",
    labels: ["caller.kind", "caller.id", GROUP],
    description: "Entries of the lists in those answers, by who asked and dataset group.",
  }),
  rpcClientDuration: histogram("rpc.client.call.duration", SHORT, {
    unit: "s",
    labels: ["rpc.system.name", "rpc.method", "rpc.response.status_code"],
    description: "Time that a gRPC call took, as its caller saw it.",
  }),
  rpcServerDuration: histogram("rpc.server.call.duration", SHORT, {
    unit: "s",
    labels: ["rpc.system.name", "rpc.method", "rpc.response.status_code"],
    description: "Time from a gRPC request to its answer, or to the end of its stream.",
  }),

  answerDuration: histogram("palate.answer.duration", SHORT, {
    unit: "s",
    labels: [...CAMPAIGN, "kind"],
    description:
      "Time of the service's one thread that an answer took, from model and filter to the list; its sum is what a campaign costs.",
  }),
  answers: counter("palate.answers", {
    unit: "{answer}",
    labels: [...CAMPAIGN, "kind", "fallback"],
    description:
      "Answers by kind, and by whether any item is a fallback: popular, new or seen items in place of the model's.",
  }),
  answeredItems: counter("palate.answered_items", {
    unit: "{item}",
    labels: [...CAMPAIGN, "source"],
    description: "Items in lists of recommendations by source: model, popular, exploration, promoted, new or seen.",
  }),
  cacheLookups: counter("palate.cache.lookups", {
    unit: "{lookup}",
    labels: ["cache", "result"],
    description: "Look-ups in a cache by result: hit or miss.",
  }),
  modelAge: gauge("palate.model.age", {
    unit: "s",
    labels: CAMPAIGN,
    description: "Time since the training was begun whose model a campaign serves.",
  }),
  modelInfo: gauge("palate.model.info", {
    unit: "{model}",
    labels: [...CAMPAIGN, "recipe", "solution", "version", "checkpoint"],
    description: "1; says which model a campaign serves.",
  }),
  replicaLag: gauge("palate.replica.lag", {
    unit: "s",
    labels: [GROUP],
    description: "Time since the service's data of a dataset group were last known to be current.",
  }),
  replicaItems: gauge("palate.replica.items", {
    unit: "{item}",
    labels: [GROUP],
    description: "Items that a service knows.",
  }),
  replicaUsers: gauge("palate.replica.users", {
    unit: "{user}",
    labels: [GROUP],
    description: "Users that a service knows.",
  }),
  replicaChanges: counter("palate.replica.changes", {
    unit: "{commit}",
    labels: [GROUP],
    description: "Commits of streamed records that a service has applied.",
  }),
  drift: gauge("palate.drift.unseen", {
    unit: "1",
    labels: [...CAMPAIGN, "subject"],
    description: "Share of the items, or of the users, that came after the data of the model that a campaign serves.",
  }),
  offlineQuality: gauge("palate.quality.offline", {
    unit: "1",
    labels: [...CAMPAIGN, "metric"],
    description: "What the model that a campaign serves was measured to be on held-out data, by metric.",
  }),

  clickedLists: counter("palate.quality.clicked_lists", {
    unit: "{list}",
    labels: CAMPAIGN,
    description:
      "Lists of recommendations that an event named by their recommendationId, each once: by palate.answers they are the click-through rate.",
  }),

  jobs: gauge("palate.jobs", {
    unit: "{job}",
    labels: ["job_type", "state"],
    description: "Jobs of this process (import, export, deletion, training, batch) by state: waiting or running.",
  }),
  jobDuration: histogram("palate.job.duration", LONG, {
    unit: "s",
    labels: ["job_type", "outcome"],
    description: "Time from a job's beginning to its end; its outcome is ok, failed or stopped.",
  }),
  jobPhaseDuration: histogram("palate.job.phase.duration", LONG, {
    unit: "s",
    labels: ["job_type", "phase"],
    description: "Time that a phase of a job took.",
  }),

  records: counter("palate.records", {
    unit: "{record}",
    labels: [GROUP, "kind"],
    description:
      "Streamed records that were acknowledged, by kind: interactions, items, users, actions or action_interactions. One that is sent again counts again.",
  }),
  acknowledgement: histogram("palate.records.acknowledgement.duration", SHORT, {
    unit: "s",
    labels: ["outcome"],
    description:
      "Time from streamed records to their acknowledgement, by when they are durable; its outcome is ok or failed.",
  }),

  spans: counter("palate.telemetry.spans", {
    unit: "{span}",
    labels: ["result"],
    description: "Spans of recorded traces: exported, or dropped because the receiver was too slow or did not answer.",
  }),
} as const satisfies Record<string, Metric>;
