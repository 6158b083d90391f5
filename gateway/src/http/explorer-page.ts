import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { EXAMPLES, LOGO } from "./explorer-examples.js";
import { securityHeaders } from "./security-headers.js";

/** The page as it is sent. */
export interface ExplorerPage {
  /** Its HTML, packed. */
  readonly gzipped: Uint8Array;
  /** Tells it from pages of other versions. */
  readonly etag: string;
  /** What else is said of it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Puts the page together, which takes seconds for its 9 MB of script. */
async function buildPage(): Promise<ExplorerPage> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const options = {
    title: "Palate",
    endpoint: "/graphql",
    subscriptionsProtocol: "GRAPHQL_SSE" as const,
    subscriptionsEndpoint: "/graphql/stream",
    logo: LOGO,
    favicon: `data:image/svg+xml,${encodeURIComponent(LOGO)}`,
    shouldPersistHeaders: false,
    defaultTabs: EXAMPLES.map(({ query, variables }) => ({
      query,
      variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
    })),
    defaultEditorToolsVisibility: "variables" as const,
    inputValueDeprecation: true,
    schemaDescription: true,
  };
  const html = renderGraphiQL(options);
  return {
    gzipped: gzipSync(html),
    etag: `"${createHash("sha256").update(html).digest("base64url").slice(0, 22)}"`,
    headers: securityHeaders(
      `script-src ${hashesOf(html).join(" ")}`,
      // The editor makes its styles as it goes, and its workers from text that it holds.
      "style-src 'unsafe-inline'",
      "worker-src blob:",
      "font-src data:",
      "img-src data:",
      "connect-src 'self'",
    ),
  };
}

/** The scripts that the page has, so that no other runs in it, whatever names and values it shows. */
function hashesOf(html: string): string[] {
  const scripts = html.matchAll(/<script>([^]*?)<\/script>/g);
  return Array.from(scripts, ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
}

// Run as a thread of its own: sends the page and ends.
parentPort?.postMessage(await buildPage());
