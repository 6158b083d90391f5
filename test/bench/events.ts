import { unaryCall } from "@palate/host";
import { DatasetType } from "@palate/proto/dataset";
import { eventually, importInteractions, startPalate } from "../support/palate.js";
import { cpuSecondsOf, memoryOf } from "./memory.js";
import { loadEvents } from "./programs.js";

const GROUP = "events";

/** Heading of the figures. */
export const EVENTS_TITLE =
  "Events through StreamEvents, each with an id, compacted as they come; client, service and database share the cores";

/** Loads that are measured: events in a message, on how many streams. */
const LOADS = [
  { what: "bulk: 500 a message", batch: 500, streams: 4, ahead: 32 },
  { what: "20 a message", batch: 20, streams: 8, ahead: 128 },
  { what: "single events", batch: 1, streams: 16, ahead: 512 },
] as const;

/** How fast events get in. */
export interface EventFigures {
  readonly what: string;
  readonly seconds: number;
  readonly acknowledged: number;
  /** Acknowledged events that are not there afterwards. */
  readonly lost: number;
  /** Events acknowledged a second. */
  readonly perSecond: number;
  /** Milliseconds from a message to its answer. */
  readonly p50: number;
  readonly p99: number;
  /** Cores that the client, the service and the database used. */
  readonly clientCores: number;
  readonly serviceCores: number;
  readonly databaseCores: number;
  /** Peak memory of the service. */
  readonly peakMib: number;
}

/** Streams events for a while in several ways, and counts what is there in the end. */
export async function measureEvents(seconds: number): Promise<EventFigures[]> {
  const palate = await startPalate(["datasets"]);
  try {
    const { datasets, supervisor } = palate;
    await importInteractions(palate, GROUP, "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1600000000\n");
    const request = { datasetGroup: GROUP, datasetType: DatasetType.DATASET_TYPE_INTERACTIONS };
    const stored = async () =>
      Number((await unaryCall(datasets, datasets.getDataset, request)).dataset!.statistics!.streamedRows);
    const pids = supervisor.pids();
    const cpu = () => ["datasets", "mongodb"].map((name) => cpuSecondsOf(pids.get(name)!));
    const figures: EventFigures[] = [];
    const address = supervisor.address("datasets");
    for (const [round, { what, ...load }] of LOADS.entries()) {
      const [before, cpuBefore] = [await stored(), cpu()];
      const ids = `${round}`;
      const result = await loadEvents({ address, datasetGroup: GROUP, seconds, ids, ...load });
      const cpuAfter = cpu();
      const used = (at: number) => (cpuAfter[at]! - cpuBefore[at]!) / result.elapsed;
      let lost = NaN;
      await eventually(async () => {
        lost = result.acknowledged - ((await stored()) - before);
        return true;
      });
      figures.push({
        ...{ what, lost, seconds: result.elapsed, acknowledged: result.acknowledged },
        ...{ perSecond: result.acknowledged / result.elapsed, p50: result.p50, p99: result.p99 },
        ...{ clientCores: result.cores, serviceCores: used(0), databaseCores: used(1) },
        peakMib: memoryOf(pids.get("datasets")!).peakMib,
      });
    }
    return figures;
  } finally {
    await palate.stop();
  }
}
