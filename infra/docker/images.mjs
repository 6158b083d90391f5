/**
 * `npm run images -- [--tag TAG] [--dry-run] [NAME …]`: builds the images palate/NAME of the services named, or of all in
 * recipe-services/services.json. `--dry-run` prints the commands instead.
 */
import console from "node:console";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { show } from "../../scripts/steps.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const services = JSON.parse(readFileSync(join(root, "recipe-services/services.json"), "utf8"));

/** Arguments of the `docker` command that builds a service's image. */
function buildArguments({ name, role, folder, port, native = false }, tag) {
  const settings = { WORKSPACE: folder, PORT: port, ...(native && { NATIVE: 1 }) };
  const args = Object.entries(settings).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  return ["build", "-f", "infra/docker/Dockerfile", "--target", role, ...args, "-t", `palate/${name}:${tag}`, "."];
}

const { values, positionals } = parseArgs({
  options: { tag: { type: "string", default: "latest" }, "dry-run": { type: "boolean", default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => services.every((service) => service.name !== name));
if (unknown.length > 0) {
  console.error(`no such service: ${unknown.join(", ")}; known: ${services.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}
for (const service of services.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const args = buildArguments(service, values.tag);
  console.log(`docker ${args.join(" ")}`);
  if (values["dry-run"]) continue;
  const code = await show("docker", args, { cwd: root });
  if (code !== 0) process.exit(code);
}
