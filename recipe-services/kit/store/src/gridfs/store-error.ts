import { dataLoss, storageFull, unavailable } from "@palate/host";
import {
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from "mongodb";

const DUPLICATE_KEY = 11000;
const AWAY = [MongoNetworkError, MongoServerSelectionError, MongoNotConnectedError, MongoTopologyClosedError];

/** MongoDB's own code for a full disk; the embedded engine passes on what SQLite says. */
const OUT_OF_DISK_SPACE = 14031;
const FULL = /database or disk is full|no space left on device/i;
const DAMAGED = /database disk image is malformed|file is not a database|checksum (error|mismatch)|WT_ERROR.*corrupt/i;
const UNREADABLE = /disk I\/O error|unable to open database file|attempt to write a readonly database/i;

/** Whether an insert failed because the `_id` is taken. */
export function isDuplicateKey(thrown: unknown): boolean {
  return thrown instanceof MongoServerError && thrown.code === DUPLICATE_KEY;
}

/**
 * Turns what the driver throws for the store's own troubles into errors on purpose: `unavailable` while MongoDB is not there or cannot
 * use its disk, `resource_exhausted` while that is full, `data_loss` where what is stored is damaged. Anything else is returned as it is.
 */
export function toStoreError(thrown: unknown): unknown {
  if (AWAY.some((kind) => thrown instanceof kind))
    return unavailable("MongoDB cannot be reached; try again when it is back.", thrown);
  if (!(thrown instanceof MongoServerError)) return thrown;
  const { code, message } = thrown;
  if (code === OUT_OF_DISK_SPACE || FULL.test(message))
    return storageFull("The disk of the database is full; make room in its data folder, then try again.", thrown);
  const damage = DAMAGED.exec(message)?.[0];
  if (damage) return dataLoss(`The database is damaged (${damage}); restore its data folder from a backup.`, thrown);
  const trouble = UNREADABLE.exec(message)?.[0];
  if (trouble)
    return unavailable(
      `The database cannot use its disk (${trouble}); see to its data folder, then try again.`,
      thrown,
    );
  return thrown;
}
