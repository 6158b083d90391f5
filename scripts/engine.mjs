/** Gets the MongoDB engine built or downloaded before something starts that should not have to wait for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { root } from "./bootstrap.mjs";
import { step } from "./steps.mjs";

/** Starts the engine on a folder of its own and stops it again. The embedded one is then compiled. */
export async function prepareEngine() {
  const { startMongo } = await import(pathToFileURL(join(root, "infra/mongo/dist/index.js")));
  const dataDir = mkdtempSync(join(tmpdir(), "palate-engine-"));
  try {
    await step("preparing MongoDB", async () => {
      const uri = process.env.MONGODB_URI;
      const mongo = await startMongo({ dataDir, probe: false, ...(uri && { uri }) });
      await mongo.stop();
    });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
