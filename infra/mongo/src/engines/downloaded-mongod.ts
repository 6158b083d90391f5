import { join } from "node:path";
import { withBuildLock } from "../build-lock.js";
import { fetchMongod } from "../download.js";
import type { Engine } from "../engine.js";
import { unavailable } from "../engine.js";
import { messageOf } from "../errors.js";
import { isExecutable } from "../find-on-path.js";
import { prepareMongod } from "./mongod.js";

/** A `mongod` of exactly one version, downloaded once from its vendor into the cache folder. */
export const downloadedMongod: Engine = {
  step: "downloaded-mongod",
  kind: "mongod",
  async prepare(options) {
    const { version, enabled } = options.download;
    const folder = join(options.cacheDir, "mongod", version);
    const binary = join(folder, "mongod");
    try {
      if (!(await isExecutable(binary))) {
        if (!enabled) return unavailable("downloads are switched off", "allow downloads");
        await withBuildLock(`${folder}.lock`, async () => {
          if (!(await isExecutable(binary))) await fetchMongod(folder, options);
        });
      }
      return await prepareMongod(binary, options);
    } catch (error) {
      return unavailable(
        `mongod ${version} could not be had (${messageOf(error)})`,
        `give this machine access to the download host, or put a mongod at ${binary}`,
      );
    }
  },
};
