import { MongoClient } from "mongodb";

/**
 * A MongoDB client as every Palate process makes it. It connects on first use and again after an outage by itself.
 * Operations fail within two seconds while no server answers, so that callers hear UNAVAILABLE instead of waiting; the
 * pool stays within what every engine bears.
 * @param appName shown in the server's log
 */
export function connectMongo(uri: string, appName: string): MongoClient {
  return new MongoClient(uri, {
    appName: `palate-${appName}`,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    maxPoolSize: 20,
    retryWrites: false,
  });
}
