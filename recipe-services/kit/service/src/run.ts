import { openKeyRing } from "@palate/encryption";
import type { ChannelCredentials } from "@grpc/grpc-js";
import {
  createClient,
  createLogger,
  Lifecycle,
  loadConfig,
  openIdentities,
  openServiceTls,
  signAs,
  startGrpcServer,
  startTelemetry,
  type ConfigOf,
} from "@palate/host";
import { serviceNamed } from "@palate/host/services";
import { DatasetServiceClient } from "@palate/proto/dataset";
import type { Recipe } from "@palate/recipe";
import { Catalog, ModelStore, MongoKeyDocuments, StoreWatch, connectMongo, connectWithin } from "@palate/store";
import { inSpan, parseTraceparent, startRootSpan } from "@palate/telemetry";
import type { MongoClient, Db } from "mongodb";
import { fileURLToPath } from "node:url";
import { BatchJobs } from "./batch/batch-jobs.js";
import { BatchRunner } from "./batch/batch-runner.js";
import { BatchStore } from "./batch/batch-store.js";
import { cascadeDeletion } from "./cascade-deletion.js";
import { CatalogFollower } from "./catalog-follower.js";
import { ControlPlane } from "./control/control-plane.js";
import { GroupWatch } from "./control/group-watch.js";
import { TrainingQueue } from "./control/training-queue.js";
import { recipeService } from "./grpc/recipe-service.js";
import { recommendationService } from "./grpc/recommendation-service.js";
import { ClickThrough } from "./observing/click-through.js";
import { observeServing } from "./observing/observe-serving.js";
import { recipeServiceOptions } from "./options.js";
import { ServingHub } from "./serving/serving-hub.js";
import { ChildProcessLauncher, STOPPED_EXIT_CODE } from "./training/child-process-launcher.js";
import type { TrainingJob } from "./training/job.js";
import { runTrainer } from "./training/trainer.js";
import type { TrialSpec } from "./training/trial-types.js";
import { trialsInProcesses, type TrialMessage } from "./training/trial-process.js";
import { runTrial } from "./training/trial.js";

/** How long a trainer waits for MongoDB when it starts. */
const TRAINER_PATIENCE_MS = 60_000;

/** A recipe service, as its `main.ts` describes it. */
export interface RecipeServiceDefinition {
  /** Its name in the list of services, for logs, its database, its port and the recipes it lists: "sims". */
  readonly name: string;
  /** The port it listens on unless told otherwise; that of the list of services unless given. */
  readonly defaultPort?: number;
  /** What it offers. */
  readonly recipes: readonly Recipe[];
  /** The environment to take options from. */
  readonly env: NodeJS.ProcessEnv;
  /** The command line after the program: nothing to serve, "train GROUP SOLUTION VERSION" to train,
   * "trial GROUP SOLUTION VERSION SPEC" to try a configuration out for a training. */
  readonly args: readonly string[];
  /** Location of `main.js` (`import.meta.url`), which trainers are started from. */
  readonly program: string;
}

type Config = ConfigOf<ReturnType<typeof recipeServiceOptions>>;

function databaseOf(client: MongoClient, config: Config, service: string): Db {
  return client.db(`${config.databasePrefix}_${service.replaceAll("-", "_")}`);
}

/** Connects to the datasets service, where a recipe service may read everything. */
function connectDatasets(config: Config, service: string, channel: ChannelCredentials): DatasetServiceClient {
  const identity = signAs(openIdentities(config), service, "manage");
  return createClient(DatasetServiceClient, config.datasetsAddress, { channel, identity });
}

/** Runs a recipe service, or one of its trainings, until it ends. */
export async function runRecipeService(definition: RecipeServiceDefinition): Promise<void> {
  const port = definition.defaultPort ?? serviceNamed(definition.name).port;
  const config = loadConfig(recipeServiceOptions(port), definition.env);
  const [mode, datasetGroup, solution, versionId, spec] = definition.args;
  if (mode === "train" && datasetGroup && solution && versionId) {
    await train(definition, config, { datasetGroup, solution, versionId });
  } else if (mode === "trial" && datasetGroup && solution && versionId && spec) {
    await trial(definition, config, { datasetGroup, solution, versionId }, JSON.parse(spec) as TrialSpec);
  } else {
    await serve(definition, config);
  }
}

async function serve(definition: RecipeServiceDefinition, config: Config): Promise<void> {
  const { name, recipes } = definition;
  const logger = createLogger(name, config.logLevel);
  const lifecycle = new Lifecycle(logger);
  if (config.exitWithParent) lifecycle.endWithParent();
  const telemetry = await startTelemetry(name, config, logger);
  lifecycle.onStop("telemetry", () => telemetry.close());
  const mongo = connectMongo(config.mongodbUri, name);
  lifecycle.onStop("mongodb", () => mongo.close());
  const db = databaseOf(mongo, config, name);
  const catalog = new Catalog(db);
  const keys = openKeyRing(config, new MongoKeyDocuments(db));
  const store = new ModelStore(db, keys);
  const tls = openServiceTls(config, logger);
  lifecycle.onStop("certificates", () => tls.close());
  const datasets = connectDatasets(config, name, tls.client);
  lifecycle.onStop("datasets client", () => datasets.close());

  const clicks = new ClickThrough();
  const changed = clicks.changed.bind(clicks);
  const hub = new ServingHub({ catalog, store, datasets, recipes, logger, changed });
  lifecycle.onStop("serving", () => hub.close());
  lifecycle.onStop("observation", observeServing(catalog, hub));
  const launcher = new ChildProcessLauncher(fileURLToPath(definition.program), definition.env, logger);
  const queue = new TrainingQueue(catalog, launcher, config.maxTrainings, logger);
  lifecycle.onStop("trainings", () => queue.close());
  lifecycle.onStop("observation of trainings", queue.observe());

  const groups = {
    uidOf: (name: string) => watch.uidOf(name),
    settle: (name: string) => watch.settle(name),
  };
  const control = new ControlPlane({ catalog, store, queue, hub, recipes, groups });
  const batchStore = new BatchStore(db, keys);
  const runner = new BatchRunner(catalog, batchStore, hub, logger);
  lifecycle.onStop("batch jobs", () => runner.close());
  lifecycle.onStop("observation of batch jobs", runner.observe());
  const batch = new BatchJobs({ catalog, store: batchStore, runner, recipes });
  const watch = new GroupWatch(catalog, datasets, cascadeDeletion(control, batch, datasets), logger);
  lifecycle.onStop("dataset groups", watch.start());

  const parts = { name, recipes, catalog, store, control, hub, batch, clicks, logger };
  const offered = [recipeService(parts), recommendationService(parts)];
  const server = await startGrpcServer(config.listen, offered, tls.server, openIdentities(config));
  lifecycle.onStop("grpc server", () => server.close(config.drainSeconds * 1000));
  const follower = new CatalogFollower({
    ...{ catalog, hub, queue, runner, logger },
    async connect() {
      await mongo.connect();
      const rewrapped = await keys.prepare();
      if (rewrapped > 0) logger.info({ rewrapped }, "data keys are wrapped with the newest key-encryption key");
    },
    onLoaded: () => server.setServing(true),
  });
  lifecycle.onStop("catalogue", follower.start());
  const storeWatch = new StoreWatch(mongo, (problem) => {
    if (problem) logger.warn({ reason: problem.message }, "the database cannot be used");
    server.setDatabase(problem === undefined);
  });
  lifecycle.onStop("database watch", () => storeWatch.close());
  lifecycle.started();
  logger.info({ port: server.port, recipes: recipes.map((recipe) => recipe.descriptor.name) }, "listening");
}

async function train(definition: RecipeServiceDefinition, config: Config, job: TrainingJob): Promise<void> {
  const logger = createLogger(`${definition.name}-trainer`, config.logLevel);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  // It is gone before anybody could read metrics of it.
  const telemetry = await startTelemetry(`${definition.name}-trainer`, { ...config, metricsListen: undefined }, logger);
  const span = startRootSpan("palate.training", {}, parseTraceparent(definition.env["TRACEPARENT"]));
  const mongo = connectMongo(config.mongodbUri, `${definition.name}-trainer`);
  const datasets = connectDatasets(config, definition.name, openServiceTls(config, logger).client);
  try {
    await connectWithin(mongo, TRAINER_PATIENCE_MS);
    const db = databaseOf(mongo, config, definition.name);
    const parts = {
      catalog: new Catalog(db),
      store: new ModelStore(db, openKeyRing(config, new MongoKeyDocuments(db))),
      datasets,
      recipes: definition.recipes,
      backend: config.tensorBackend,
      logger,
      startTrial: trialsInProcesses(fileURLToPath(definition.program), definition.env),
      signal: stop.signal,
    };
    await inSpan(span, () => runTrainer(job, parts));
  } catch (error) {
    if (stop.signal.aborted) {
      process.exitCode = STOPPED_EXIT_CODE;
    } else {
      logger.error({ err: error }, "training failed");
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  } finally {
    datasets.close();
    await mongo.close();
    await telemetry.close();
  }
  process.exit();
}

/** Runs one trial and tells the trainer that started it what came of it. */
async function trial(
  definition: RecipeServiceDefinition,
  config: Config,
  job: TrainingJob,
  spec: TrialSpec,
): Promise<void> {
  process.once("disconnect", () => process.exit(STOPPED_EXIT_CODE));
  const logger = createLogger(`${definition.name}-trial`, config.logLevel);
  const mongo = connectMongo(config.mongodbUri, `${definition.name}-trial`);
  const datasets = connectDatasets(config, definition.name, openServiceTls(config, logger).client);
  const say = (message: TrialMessage): Promise<void> =>
    new Promise((resolve) => (process.send ? process.send(message, () => resolve()) : resolve()));
  try {
    await connectWithin(mongo, TRAINER_PATIENCE_MS);
    const catalog = new Catalog(databaseOf(mongo, config, definition.name));
    const { recipes } = definition;
    const backend = config.tensorBackend;
    const { signal } = new AbortController();
    await say({ report: await runTrial(job, spec, { catalog, datasets, recipes, backend, logger, signal }) });
  } catch (error) {
    logger.warn({ err: error, spec }, "a trial failed");
    await say({ failure: error instanceof Error ? error.message : String(error) });
  }
  process.exit();
}
