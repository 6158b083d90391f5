/**
 * Whether a package that is installed is known to be vulnerable, as `npm audit` says: one that is high or critical fails, in the
 * product or in what builds and tests it. A check of `npm run lint`. Where the registry cannot say, as many mirrors cannot,
 * the check is skipped.
 */
import console from "node:console";
import process from "node:process";
import { root } from "./bootstrap.mjs";
import { SKIPPED } from "./checks.mjs";
import { readLock } from "./closure.mjs";
import { capture } from "./steps.mjs";

const GRAVE = ["high", "critical"];

/** Advisories that do not reach Palate, with the reason. */
const EXCEPTIONS = {
  "GHSA-wm7h-9275-46v2": "dicer parses uploads of s3rver, which stands in for S3 in tests, on the loopback",
};

const advisoryOf = (url) => url.slice(url.lastIndexOf("/") + 1);

/** The grave advisories of each package that has any, those that come from what it needs left out. */
function graveIn({ vulnerabilities }, locked) {
  return Object.values(vulnerabilities).flatMap(({ name, via, nodes, fixAvailable }) =>
    via
      .filter((cause) => typeof cause === "object" && GRAVE.includes(cause.severity))
      .map(({ title, url, severity, range }) => {
        const advisory = advisoryOf(url);
        const place = nodes.every((node) => locked[node]?.dev) ? "for building and testing" : "in the product";
        return { advisory, text: `${severity}, ${place}: ${name} ${range}: ${title}, ${url}`, fixAvailable };
      }),
  );
}

/** What npm says, as it prints it. */
async function report() {
  const npm = process.env.npm_execpath;
  const args = ["audit", "--json"];
  const [command, given] = npm ? [process.execPath, [npm, ...args]] : ["npm", args];
  const { output } = await capture(command, given, {
    cwd: root,
    env: { npm_config_audit: "true", npm_config_loglevel: "silent" },
  });
  try {
    return JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  } catch {
    return { message: output.trim() };
  }
}

const answer = await report();
if (answer.vulnerabilities === undefined) {
  const why = answer.message ?? answer.error?.summary ?? "no answer";
  console.log(`skipped, endpoint not there: ${String(why).split("\n")[0]}`);
  process.exit(SKIPPED);
}
const grave = graveIn(answer, readLock()).filter(({ advisory }) => !(advisory in EXCEPTIONS));
for (const { text, fixAvailable } of grave) console.error(`${text}${fixAvailable ? "; npm audit fix mends it" : ""}`);
if (grave.length > 0) {
  console.error(
    "Update what needs the package; an advisory that does not reach Palate is excepted in scripts/audit.mjs, with the reason.",
  );
}
const { total = 0, ...counts } = answer.metadata?.vulnerabilities ?? {};
console.log(`${total} known vulnerabilities ${JSON.stringify(counts)}`);
process.exit(grave.length > 0 ? 1 : 0);
