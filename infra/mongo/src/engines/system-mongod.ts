import type { Engine } from "../engine.js";
import { unavailable } from "../engine.js";
import { messageOf } from "../errors.js";
import { findOnPath, isExecutable } from "../find-on-path.js";
import { prepareMongod } from "./mongod.js";

const INSTALL = "install MongoDB 7 or newer so that `mongod` is on the PATH";

/** The `mongod` that is installed on this machine. */
export const systemMongod: Engine = {
  step: "system-mongod",
  kind: "mongod",
  async prepare(options) {
    const given = options.mongodBinary;
    if (given !== undefined && !(await isExecutable(given))) {
      return unavailable(`${given} is not an executable file`, "correct the path of the mongod binary");
    }
    const binary = given ?? (await findOnPath("mongod", options.env));
    if (binary === undefined) return unavailable("no mongod on the PATH", INSTALL);
    try {
      return await prepareMongod(binary, options);
    } catch (error) {
      return unavailable(`${binary} does not work (${messageOf(error)})`, INSTALL);
    }
  },
};
