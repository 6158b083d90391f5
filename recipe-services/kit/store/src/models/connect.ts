import { MongoClient } from "mongodb";

/**
 * A MongoDB client as every Palate process makes it. Call `connect()` until it has succeeded once: a first attempt that
 * fails leaves the driver's client closed until it is asked again. After that it reconnects by itself.
 * Operations fail within two seconds while no server answers, so that callers get UNAVAILABLE instead of waiting; the
 * pool is no larger than every engine supports.
 * @param appName shown in the server's log
 */
export function connectMongo(uri: string, appName: string): MongoClient {
  return new MongoClient(uri, {
    appName: `palate-${appName}`,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    maxPoolSize: 20,
    retryWrites: false,
    // For StoreWatch.
    monitorCommands: true,
  });
}

/**
 * Connects, again and again for at most `ms` milliseconds.
 * @throws the last attempt's error
 */
export async function connectWithin(client: MongoClient, ms: number): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      await client.connect();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
