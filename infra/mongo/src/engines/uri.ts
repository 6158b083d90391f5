import type { Engine, StartedEngine } from "../engine.js";
import { unavailable } from "../engine.js";
import { askVersion } from "../answers.js";
import { MongoLauncherError, messageOf } from "../errors.js";
import { withoutCredentials } from "../without-credentials.js";

/** How long a given server may take to answer before the start fails, in milliseconds. */
const ANSWER_TIMEOUT = 5_000;

/** A server that someone else runs: used as it is, never started or stopped. */
export const uriEngine: Engine = {
  step: "uri",
  kind: "external",
  async prepare({ uri }) {
    if (uri === undefined) return unavailable("no URI was given", "set MONGODB_URI to a running server");
    return { available: true, version: "", format: "", start: () => connect(uri) };
  },
};

async function connect(uri: string): Promise<StartedEngine> {
  try {
    await askVersion(uri, ANSWER_TIMEOUT);
  } catch (cause) {
    const where = withoutCredentials(uri);
    const message = `The MongoDB server at ${where} does not answer (${messageOf(cause)}). Start it, correct MONGODB_URI, or leave it empty to have an engine started.`;
    throw new MongoLauncherError("unreachable", message, { cause });
  }
  return { uri, pid: undefined, exited: new Promise(() => {}), stop: async () => {} };
}
