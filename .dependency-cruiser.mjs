/**
 * Which file may import which. Type imports count as much as others: a reader has to follow them as well.
 * `npm run lint` checks it; each rule's comment says what to do where it strikes.
 */
import { readFileSync } from "node:fs";
import { URL } from "node:url";

const registry = JSON.parse(readFileSync(new URL("recipe-services/services.json", import.meta.url), "utf8"));
const SERVICES = registry.filter(({ role }) => role !== "gateway").map(({ name }) => name);
/** The kit's packages, lowest first: each may import those before it. */
const KIT = [
  ...["telemetry", "host", "encryption", "report", "numeric", "tensorflow", "filter", "recipe"],
  ...["replica", "features", "sequence", "store", "service"],
];

/** The rooms of the datasets service, lowest first: each may import those before it. */
const DATASETS = [
  ...["audit", "schema", "storage", "group", "jobs", "analysis", "recording", "reading", "resources"],
  ...["imports", "exports", "deletion", "persons"],
];

const anyOf = (names) => `(?:${names.join("|")})`;
const SERVICE = `^recipe-services/${anyOf(SERVICES)}/`;
/** What is outside the product: tests, what they share, measurements. */
const TESTS = "^test/|[.]test[.]ts$|/testing/";
/** A package's folder, as a group to compare with. */
const PACKAGE = `^(proto|gateway|test|infra/[^/]+|clients/[^/]+|recipe-services/kit/${anyOf(KIT)}|recipe-services/${anyOf(SERVICES)})/`;

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

const circles = [
  forbid(
    "no-circles",
    "These files import one another in a circle. Move what both need (often a type) to a file of its own.",
    {},
    { circular: true },
  ),
];

const floors = [
  forbid(
    "proto-is-the-ground",
    "proto imports nothing of ours.",
    { path: "^proto/" },
    { path: PACKAGE, pathNot: "^proto/" },
  ),
  ...KIT.slice(0, -1).map((name, floor) =>
    forbid(
      `kit-${name}-imports-no-higher-package`,
      `The order of the kit's packages is ${KIT.join(" <- ")}; each imports those before it only.`,
      { path: `^recipe-services/kit/${name}/` },
      { path: `^recipe-services/kit/${anyOf(KIT.slice(floor + 1))}/` },
    ),
  ),
  forbid(
    "kit-imports-no-service",
    "What a service and the kit both need belongs in the kit.",
    { path: "^recipe-services/kit/" },
    { path: SERVICE },
  ),
  forbid(
    "services-stay-apart",
    "Services never import one another; shared code belongs in the kit.",
    { path: `^recipe-services/(${SERVICES.join("|")})/` },
    { path: SERVICE, pathNot: "^recipe-services/$1/" },
  ),
  ...DATASETS.slice(0, -1).map((room, floor) =>
    forbid(
      `datasets-${room}-imports-no-higher-room`,
      `The order of the rooms of datasets is ${DATASETS.join(" <- ")}; each imports those before it only.`,
      { path: `^recipe-services/datasets/src/${room}/` },
      { path: `^recipe-services/datasets/src/(${anyOf(DATASETS.slice(floor + 1))}/|[^/]+$)` },
    ),
  ),
  forbid(
    "gateway-imports-proto-and-host",
    "The gateway owns no data and has no database driver: it imports proto and the kit's telemetry and host only.",
    { path: "^gateway/" },
    { path: [PACKAGE, "^node_modules/mongodb/"], pathNot: "^(gateway|proto|recipe-services/kit/(telemetry|host))/" },
  ),
  forbid(
    "only-tests-import-the-gateway",
    "Nothing in the product may import the gateway.",
    { pathNot: ["^gateway/", TESTS] },
    { path: "^gateway/" },
  ),
  forbid(
    "infra-stands-alone",
    "What starts the product knows it by its programs and the list of services, not by its code.",
    { path: "^infra/" },
    { path: PACKAGE, pathNot: "^(infra|recipe-services/kit/host)/" },
  ),
  forbid(
    "clients-stand-alone",
    "A client speaks to the gateway by its public API and shares no code with the product.",
    { path: "^clients/" },
    { path: PACKAGE, pathNot: "^clients/" },
  ),
];

const files = [
  forbid(
    "packages-by-name",
    "Between packages, import by package name.",
    { path: PACKAGE },
    { path: PACKAGE, pathNot: "^$1/", dependencyTypesNot: ["aliased"] },
  ),
  forbid(
    "product-imports-no-tests",
    "Product code cannot import what only tests have.",
    { pathNot: TESTS },
    { path: TESTS },
  ),
  forbid(
    "model-is-mathematics",
    "model.ts is mathematics only: arrays and tensors, no file, clock, database, logger.",
    { path: "/model[.]ts$" },
    {
      path: [
        `^recipe-services/kit/${anyOf(["host", "replica", "store", "service"])}/`,
        "^node_modules/(mongodb|pino)/",
      ],
    },
  ),
  forbid(
    "model-is-mathematics-alone",
    "model.ts is mathematics only: it imports none of Node's own modules.",
    { path: "/model[.]ts$" },
    { dependencyTypes: ["core"] },
  ),
  forbid("imports-exist", "This import leads nowhere.", {}, { couldNotResolve: true }),
];

export default {
  forbidden: [...circles, ...floors, ...files],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    exclude: { path: "(^|/)dist/|^proto/src/generated/|^infra/mongo/engine/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.lint.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
