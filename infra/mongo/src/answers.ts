import { MongoClient } from "mongodb";
import { serverName } from "./probe.js";

/**
 * Asks the server at `uri` for its version, or throws what the driver says when there is no answer in time.
 * @param timeoutMs how long the server may take to answer, in milliseconds
 */
export async function askVersion(uri: string, timeoutMs: number): Promise<string> {
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    maxPoolSize: 1,
  });
  try {
    const build = await client.db("admin").command({ buildInfo: 1 });
    return serverName(build).replace(/^\w+ /, "");
  } finally {
    await client.close();
  }
}

/** The URI of a server of ours on the loopback. */
export function localUri(port: number): string {
  return uriOf(`mongodb://127.0.0.1:${port}/`);
}

/** The URI of a server of ours with our settings. At most 30 connections: the embedded engine has 100 a database. */
export function uriOf(server: string): string {
  return `${server}?directConnection=true&maxPoolSize=30`;
}
