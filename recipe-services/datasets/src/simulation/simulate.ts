import { Random } from "@palate/numeric";
import { DatasetType } from "@palate/proto/dataset";
import { importer, setUp, writer, type Acknowledged } from "./actors.js";
import { checkAcknowledged, checkEventIds, checkVisitors } from "./checks.js";
import { Reader } from "./reader.js";
import { Scheduler } from "./scheduler.js";
import { VirtualTime } from "./virtual-time.js";
import { GROUP, World, type Conditions, type Defects } from "./world.js";

/** What came of a simulated run. */
export interface SimulatedRun {
  /** What went wrong; undefined when nothing did. */
  readonly violation: string | undefined;
  /** Commits that were written. */
  readonly commits: number;
  /** Times that the log was compacted. */
  readonly compactions: number;
  /** Requests that were acknowledged. */
  readonly acknowledged: number;
  /** Instances that were killed. */
  readonly kills: number;
  /** Steps that it took. */
  readonly steps: number;
}

/** Steps that the busy part of a run takes at most; whatever is not done then is done in calm. */
const BUSY_STEPS = 2_500;

/** Steps at most in which only readers are busy. */
const IDLE_STEPS = 100;

/** Steps in which everything must come to its end when nothing fails any more. */
const CALM_STEPS = 20_000;

/** Unix time in milliseconds at which every run begins. */
const BEGINNING_MS = 1_700_000_000_000;

/**
 * Runs a few instances of the service's write and read path against a store in memory: writers, readers, imports,
 * compaction, failures, leaps of time and killed instances, all in an order that the seed alone decides. Afterwards
 * everything is compared with what was written, one commit after the other.
 * @param defects parts that are wrong on purpose
 * @param trace is told of every step
 */
export async function simulate(
  seed: number,
  defects: Defects = {},
  trace?: (line: string) => void,
): Promise<SimulatedRun> {
  const random = new Random(seed);
  const time = new VirtualTime(BEGINNING_MS);
  const scheduler = new Scheduler(random, time, trace);
  const restore = time.install();
  const { stackTraceLimit } = Error;
  if (!trace) Error.stackTraceLimit = 0; // Most of the time would go into traces of simulated failures.
  try {
    const world = new World(scheduler, drawConditions(random), defects, 2);
    trace?.(`seed ${seed}:  ${JSON.stringify(world.conditions)}`);
    const acknowledged = await runActors(world);
    if (acknowledged !== undefined) await checkEnd(world, acknowledged);
    return {
      violation: world.verdict.violation,
      commits: world.history.head,
      compactions: world.history.compactions,
      acknowledged: acknowledged?.length ?? 0,
      kills: world.kills,
      steps: scheduler.steps,
    };
  } finally {
    restore();
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function drawConditions(random: Random): Conditions {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;
  const recreates = random.uniform() < 0.2;
  return {
    faults: pick([0, 0.01, 0.05, 0.2]),
    leaps: pick([0, 0.001, 0.005, 0.03]),
    kills: pick([0, 0.002, 0.01]),
    stalls: pick([0, 0.01, 0.05]),
    eventIdWindow: pick([12, 1_000, 1_000]),
    compactRecords: pick([3, 8, 20]),
    readAhead: pick([2, 3, 5]),
    arrow: random.uniform() < 0.05,
    recreates,
    visitors: !recreates && random.uniform() < 0.5,
  };
}

/** Lets everyone act, with failures first and then without; undefined when something went wrong on the way. */
async function runActors(world: World): Promise<Acknowledged[] | undefined> {
  const { scheduler, verdict } = world;
  const failed = () => verdict.violation !== undefined;
  const acknowledged: Acknowledged[] = [];
  const [writing, reading] = [new Actors(world), new Actors(world)];
  writing.start(setUp(world));
  await scheduler.run(() => writing.done || failed(), CALM_STEPS);
  for (let each = 2 + scheduler.random.integer(3); each > 0; each--) {
    const requests = writer(world, `w${each}`, 3 + scheduler.random.integer(8));
    writing.start(requests.then((sent) => void acknowledged.push(...sent)));
  }
  const readers = Array.from(
    { length: 1 + scheduler.random.integer(2) },
    (_, each) => new Reader(world, `r${each + 1}`),
  );
  for (const reader of readers) reading.start(reader.follow());
  reading.start(lateReader(world, readers));
  writing.start(importer(world, scheduler.random.integer(4)));
  await scheduler.run(() => failed() || writing.done, BUSY_STEPS);
  await scheduler.run(failed, scheduler.random.integer(IDLE_STEPS));
  scheduler.note("from here on nothing fails");
  world.calm = true;
  if (!(await scheduler.run(() => failed() || (writing.done && reading.done), CALM_STEPS))) {
    verdict.fail("somebody waits for ever");
  }
  return failed() ? undefined : acknowledged;
}

/** Actors that come to their end. */
class Actors {
  readonly #world: World;
  #left = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether all are at their end. */
  get done(): boolean {
    return this.#left === 0;
  }

  start(actor: Promise<void>): void {
    this.#left++;
    actor.then(
      () => this.#left--,
      (thrown: unknown) => this.#world.verdict.fail(`an actor failed: ${String((thrown as Error).stack ?? thrown)}`),
    );
  }
}

/** Readers that take up cursors which others had some time ago. */
async function lateReader(world: World, readers: readonly Reader[]): Promise<void> {
  const { scheduler } = world;
  const cursors: string[] = [""];
  for (let each = 1; !world.calm; each++) {
    await scheduler.turn("a cursor is noted");
    cursors.push(scheduler.pick(readers).cursor);
    const reader = new Reader(world, `late${each}`, scheduler.pick(cursors));
    await reader.read(world.anyInstance(), scheduler.chance(0.5), 1 + scheduler.random.integer(30));
  }
}

/** Compares what is there with what was written, as an instance sees it that has just been started. */
async function checkEnd(world: World, acknowledged: readonly Acknowledged[]): Promise<void> {
  const { scheduler, verdict, history } = world;
  checkAcknowledged(world, acknowledged);
  checkEventIds(world);
  checkVisitors(world);
  const { head } = history; // A compaction that goes on may still add to it.
  const instance = world.start();
  const reader = new Reader(world, "the last reader");
  let done = false;
  const reading = async (): Promise<void> => {
    if (!(await reader.read(instance, false, 10_000))) verdict.fail("the last reader was refused");
    world.checkStored(await instance.groups.open(GROUP));
    done = true;
  };
  reading().catch((thrown: unknown) => verdict.fail(`the last reader failed: ${String(thrown)}`));
  await scheduler.run(() => done || verdict.violation !== undefined, CALM_STEPS);
  if (!done) verdict.fail("the last reader waits for ever");
  if (reader.at < head) verdict.fail(`the last reader is at commit ${reader.at} of ${head}`);
  const items = history.rowsAt(head, DatasetType.DATASET_TYPE_ITEMS);
  if (items === undefined) verdict.fail("the Items dataset is gone");
}

export type { Defects } from "./world.js";
