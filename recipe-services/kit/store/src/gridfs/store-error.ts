import { unavailable } from "@palate/host";
import {
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from "mongodb";

const DUPLICATE_KEY = 11000;
const AWAY = [MongoNetworkError, MongoServerSelectionError, MongoNotConnectedError, MongoTopologyClosedError];

/** Whether an insert failed because the `_id` is taken. */
export function isDuplicateKey(thrown: unknown): boolean {
  return thrown instanceof MongoServerError && thrown.code === DUPLICATE_KEY;
}

/** Turns the driver's "MongoDB is not there" errors into `unavailable`; anything else is returned as it is. */
export function toStoreError(thrown: unknown): unknown {
  if (!AWAY.some((kind) => thrown instanceof kind)) return thrown;
  return unavailable("MongoDB cannot be reached; try again when it is back.", thrown);
}
