import { credentials } from "@grpc/grpc-js";
import { createClient, createLogger, loadConfig, openServiceTls, serviceTlsOptions, unaryCall } from "@palate/host";
import { DatasetServiceClient } from "@palate/proto/dataset";
import { request } from "node:https";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestAuthority, type IssuedFiles } from "../support/certificates.js";
import { startTestMongo, temporaryFolder, type TestMongo } from "../support/mongo.js";
import { eventually } from "../support/palate.js";
import { Harness } from "./datasets-harness.js";
import { ask, gatewayWith } from "./gateway-client.js";

/** Certificates on every door: between services both sides show theirs, outside the gateway speaks HTTPS. */
let folder: string;
let mongo: TestMongo;
let authority: TestAuthority;
const opened: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  mongo = await startTestMongo();
  authority = await TestAuthority.create("Palate's tests");
});
afterAll(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await mongo.stop();
  await rm(folder, { recursive: true, force: true });
});

async function newFolder(name: string): Promise<string> {
  const made = join(folder, name);
  await mkdir(made);
  return made;
}

const optionsOf = ({ cert, key, ca }: IssuedFiles) => ({
  PALATE_TLS_CERT_FILE: cert,
  PALATE_TLS_KEY_FILE: key,
  PALATE_TLS_CA_FILE: ca,
  PALATE_TLS_RELOAD_SECONDS: "1",
});

/** The serial number of the certificate that a server shows. */
async function serialOf(port: number, { cert, key, ca }: IssuedFiles): Promise<string> {
  const [ownCert, ownKey, authorities] = await Promise.all([cert, key, ca].map((file) => readFile(file)));
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      cert: ownCert!,
      key: ownKey!,
      ca: authorities!,
      ALPNProtocols: ["h2", "http/1.1"],
    };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("TLS between services", () => {
  test("lets in who shows a certificate of the authority, and nobody else", async () => {
    const own = await authority.issue(await newFolder("mutual"));
    const datasets = await Harness.start(mongo.uri, mongo.databaseName("tls"), optionsOf(own));
    opened.push(() => datasets.stop());
    await datasets.makeGroup("g");
    const gateway = await gatewayWith({ ...optionsOf(own), PALATE_DATASETS_ADDRESS: datasets.address });
    opened.push(() => gateway.close());
    const answer = await ask(gateway, "{ datasetGroups { nodes { name } } }");
    expect(answer).toMatchObject({ errors: [], data: { datasetGroups: { nodes: [{ name: "g" }] } } });

    const stranger = await (await TestAuthority.create("Somebody else")).issue(await newFolder("stranger"));
    const disguised = { ...stranger, ca: own.ca };
    const unknown = openServiceTls(
      loadConfig(serviceTlsOptions, optionsOf(disguised)),
      createLogger("stranger", "silent"),
    );
    opened.push(() => unknown.close());
    for (const channel of [undefined, unknown.client]) {
      const client = createClient(DatasetServiceClient, datasets.address, { channel });
      const call = unaryCall(client, client.listDatasetGroups, { pageSize: 1, pageToken: "" }, { deadlineMs: 2_000 });
      await expect(call).rejects.toMatchObject({
        code: expect.stringMatching(/unavailable|deadline_exceeded/) as string,
      });
      client.close();
    }
    const suspicious = await gatewayWith({
      ...optionsOf({ ...own, ca: stranger.ca }),
      PALATE_DATASETS_ADDRESS: datasets.address,
    });
    opened.push(() => suspicious.close());
    const refused = await ask(suspicious, "{ datasetGroups { totalCount } }");
    expect(refused.errors[0]?.extensions.code).toBe("UNAVAILABLE");
  });

  test("takes a renewed certificate without a restart, and none whose key is not there yet", async () => {
    const place = await newFolder("renewed");
    const first = await authority.issue(place);
    const datasets = await Harness.start(mongo.uri, mongo.databaseName("tls_renewed"), optionsOf(first));
    opened.push(() => datasets.stop());
    const port = Number(datasets.address.split(":")[1]);
    expect(await serialOf(port, first)).toBe(first.serial);
    const next = await authority.issue(await newFolder("next"));
    await writeFile(first.cert, await readFile(next.cert));
    await sleep(1_500); // It has looked by then, and found a pair that does not fit.
    expect(await serialOf(port, next)).toBe(first.serial);
    await writeFile(first.key, await readFile(next.key));
    await eventually(async () => (await serialOf(port, next)) === next.serial);
    await datasets.makeGroup("after");
  });

  test.each<[string, (own: IssuedFiles) => Record<string, string>, RegExp]>([
    ["one file of three", (own) => ({ PALATE_TLS_CERT_FILE: own.cert }), /needs PALATE_TLS_CERT_FILE, PALATE_TLS_KEY/],
    [
      "a file that is not there",
      (own) => optionsOf({ ...own, ca: `${own.ca}.x` }),
      /ca\.crt\.x" cannot be read: ENOENT/,
    ],
    ["a key for a certificate", (own) => optionsOf({ ...own, cert: own.key }), /own\.key" holds no certificate in PEM/],
    ["a certificate for a key", (own) => optionsOf({ ...own, key: own.cert }), /own\.crt" holds no private key in PEM/],
  ])("says of %s what would be right", async (what, options, message) => {
    const own = await authority.issue(await newFolder(what.replaceAll(" ", "-")));
    const open = () => openServiceTls(loadConfig(serviceTlsOptions, options(own)), createLogger("tls", "silent"));
    expect(open).toThrow(message);
  });

  test("says of another certificate's key what would be right", async () => {
    const place = await newFolder("mixed");
    const own = await authority.issue(place);
    const other = await authority.issue(place, "other");
    const open = () =>
      openServiceTls(
        loadConfig(serviceTlsOptions, optionsOf({ ...own, key: other.key })),
        createLogger("tls", "silent"),
      );
    expect(open).toThrow(/other\.key" is not the private key of the certificate in .*own\.crt"/);
  });
});

test("clients of a server that takes any need no certificate", async () => {
  const own = await authority.issue(await newFolder("any"));
  const options = { ...optionsOf(own), PALATE_TLS_CLIENTS: "any" };
  const datasets = await Harness.start(mongo.uri, mongo.databaseName("tls_any"), options);
  opened.push(() => datasets.stop());
  const channel = credentials.createSsl(await readFile(own.ca));
  const client = createClient(DatasetServiceClient, datasets.address, { channel });
  const { datasetGroups } = await unaryCall(client, client.listDatasetGroups, { pageSize: 1, pageToken: "" });
  expect(datasetGroups).toEqual([]);
  client.close();
});

describe("HTTPS", () => {
  test("serves the API and renews its certificate in place", async () => {
    const place = await newFolder("https");
    const first = await authority.issue(place);
    const gateway = await gatewayWith({
      PALATE_GATEWAY_TLS_CERT_FILE: first.cert,
      PALATE_GATEWAY_TLS_KEY_FILE: first.key,
      PALATE_TLS_RELOAD_SECONDS: "1",
      PALATE_DATASETS_ADDRESS: "127.0.0.1:1",
      PALATE_RECIPE_SERVICES: "127.0.0.1:1",
    });
    opened.push(() => gateway.close());
    expect(gateway.url).toMatch(/^https:/);
    const ca = await readFile(first.ca);
    const status = await new Promise((resolve, reject) => {
      const get = request(`${gateway.url}/healthz`, { ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      get.once("error", reject).end();
    });
    expect(status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${gateway.port}/healthz`)).rejects.toThrow();
    const renewed = await authority.issue(place);
    await eventually(async () => (await serialOf(gateway.port, renewed)) === renewed.serial);
  });
});
