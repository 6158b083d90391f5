/**
 * `npm run sbom -- [--output FOLDER] [SERVICE …]`: writes a software bill of materials in CycloneDX for the product, and one for
 * each service: the packages that it needs and that are installed. `npm sbom` leaves out much of what workspaces need.
 */
import console from "node:console";
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { TENSORFLOW } from "../infra/native/tensorflow-library.mjs";
import { bootstrap, root } from "./bootstrap.mjs";
import { closureOf, directNeedsOf, MODULES, nameAt, productFolders, readLock } from "./closure.mjs";

const ENGINE = "infra/mongo/engine";
const WITH_OPTIONAL = { optional: true };

const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

function npmUrl(name, version) {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function licencesOf(license) {
  if (typeof license !== "string") return {};
  return { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }] };
}

/** "sha512-…" as npm writes it, as CycloneDX has it. */
function hashesOf(integrity) {
  const [algorithm, digest] = integrity?.split(" ")[0].split("-") ?? [];
  if (algorithm !== "sha512") return {};
  return { hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] };
}

/** What is installed at a place of the lock file; undefined when nothing is. */
function packageAt(place, locked) {
  if (!existsSync(join(root, place, "package.json"))) return undefined;
  const { name, version, license } = readJson(join(place, "package.json"));
  const own = !place.includes(MODULES);
  const url = npmUrl(own ? name : nameAt(place), version);
  return {
    type: "library",
    "bom-ref": url,
    name,
    version,
    purl: url,
    ...licencesOf(license ?? locked[place].license),
    ...(own ? {} : hashesOf(locked[place].integrity)),
  };
}

/** Modules of Go that the embedded engine is built from, as its go.mod says. */
function goModules() {
  const text = readFileSync(join(root, ENGINE, "go.mod"), "utf8");
  return [...text.matchAll(/^\t(?:require )?(\S+) (v\S+)/gm)].map(([, name, version]) => {
    const url = `pkg:golang/${name}@${version}`;
    return { type: "library", "bom-ref": url, name, version, purl: url };
  });
}

/** The library that trains, which `npm run setup:native` takes out of a wheel; nothing where it was not. */
function nativeBackend() {
  const { package: name, version, sha256 } = TENSORFLOW;
  if (!existsSync(join(root, `.cache/tensorflow-${version}`))) return [];
  const url = `pkg:pypi/${name}@${version}`;
  const hashes = [{ alg: "SHA-256", content: sha256 }];
  return [{ type: "library", "bom-ref": url, name, version, purl: url, ...licencesOf("Apache-2.0"), hashes }];
}

/**
 * The bill of some packages of the repository.
 * @param name what it is of
 * @param folders their folders
 * @param others components that npm knows nothing of
 */
function billOf(name, folders, others, locked) {
  const found = new Map();
  for (const place of closureOf(folders, locked, WITH_OPTIONAL)) {
    const component = packageAt(place, locked);
    if (component) found.set(place, component);
  }
  const needs = new Map();
  for (const [place, { "bom-ref": ref }] of found) {
    const needed = directNeedsOf(place, locked, WITH_OPTIONAL).flatMap((each) => found.get(each)?.["bom-ref"] ?? []);
    needs.set(ref, new Set([...(needs.get(ref) ?? []), ...needed]));
  }
  const { version, license } = readJson("package.json");
  const ref = `pkg:generic/palate/${name}@${version}`;
  const roots = [...folders.map((folder) => found.get(folder)["bom-ref"]), ...others.map((other) => other["bom-ref"])];
  const components = [...new Map([...found.values(), ...others].map((each) => [each["bom-ref"], each])).values()];
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: new Date().toISOString(),
      component: { type: "application", "bom-ref": ref, name, version, ...licencesOf(license) },
    },
    components: components.sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [
      { ref, dependsOn: roots },
      ...[...needs].map(([each, needed]) => ({ ref: each, dependsOn: [...needed].sort() })),
    ],
  };
}

const { values, positionals } = parseArgs({
  options: { output: { type: "string", default: join(root, ".cache/sbom") } },
  allowPositionals: true,
});
const services = readJson("recipe-services/services.json");
const unknown = positionals.filter((name) => services.every((service) => service.name !== name));
if (unknown.length > 0) {
  console.error(`no such service: ${unknown.join(", ")}; there are ${services.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}
await bootstrap({ compile: false });
const locked = readLock();
const bills = services.map(({ name, folder, native }) => [name, [folder], native ? nativeBackend() : []]);
const all = ["palate", productFolders(), [...nativeBackend(), ...goModules()]];
mkdirSync(values.output, { recursive: true });
for (const [name, folders, others] of positionals.length === 0 ? [all, ...bills] : bills) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const bill = billOf(name, folders, others, locked);
  const file = join(values.output, `${name}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`${file}: ${bill.components.length} components`);
}
