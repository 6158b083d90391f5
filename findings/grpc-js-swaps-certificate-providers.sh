#!/usr/bin/env bash
# @grpc/grpc-js 1.14.7: createCertificateProviderServerCredentials takes its two providers the other way round than it declares.
#
# One would guess that a function declared with a provider of authorities first, and one of the server's own certificate second, which may
# be null, takes them in that order. It hands them on as they came, and the class behind it expects the server's own first. With one
# provider for both, as examples have it, nothing is noticed. With two, a server that is given them as declared has no certificate to
# show, and no client gets in; given the other way round, against the declared types, it works. No error, no log line.
#
# Version and output seen (@grpc/grpc-js 1.14.7, @peculiar/x509 2.2.0, node v20.20.2):
#   as declared: UNAVAILABLE
#   other way round: OK
#
# Needs node and npm. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >package.json <<'JSON'
{ "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund --save-exact @grpc/grpc-js@1.14.7 @peculiar/x509@2.2.0 reflect-metadata@0.2.2

cat >serve.js <<'JS'
import "reflect-metadata";
import { Client, credentials, experimental, Server, status } from "@grpc/grpc-js";
import * as x509 from "@peculiar/x509";
import { writeFileSync } from "node:fs";

// One certificate that is its own authority, for 127.0.0.1.
const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
const certificate = await x509.X509CertificateGenerator.createSelfSigned({
  serialNumber: "01",
  name: "CN=localhost",
  notBefore: new Date(Date.now() - 60_000),
  notAfter: new Date(Date.now() + 3_600_000),
  signingAlgorithm,
  keys,
  extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }])],
});
writeFileSync("own.crt", certificate.toString("pem"));
writeFileSync("own.key", x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY"));

const refreshIntervalMs = 1_000;
const authorities = new experimental.FileWatcherCertificateProvider({ caCertificateFile: "own.crt", refreshIntervalMs });
const own = new experimental.FileWatcherCertificateProvider({ certificateFile: "own.crt", privateKeyFile: "own.key", refreshIntervalMs });
const both = new experimental.FileWatcherCertificateProvider({
  certificateFile: "own.crt",
  privateKeyFile: "own.key",
  caCertificateFile: "own.crt",
  refreshIntervalMs,
});

const plain = (value) => value;
const METHOD = "/example.Echo/Say";
async function call(first, second) {
  const server = new Server();
  const echo = { path: METHOD, requestStream: false, responseStream: false };
  const codec = { requestSerialize: plain, requestDeserialize: plain, responseSerialize: plain, responseDeserialize: plain };
  server.addService({ say: { ...echo, ...codec } }, { say: (asked, answer) => answer(null, asked.request) });
  const secure = experimental.createCertificateProviderServerCredentials(first, second, true);
  const port = await new Promise((resolve, reject) =>
    server.bindAsync("localhost:0", secure, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const client = new Client(`localhost:${port}`, experimental.createCertificateProviderChannelCredentials(both, both));
  const said = await new Promise((resolve) =>
    client.makeUnaryRequest(METHOD, plain, plain, Buffer.from("hi"), { deadline: Date.now() + 3_000 }, (error) =>
      resolve(error ? status[error.code] : "OK"),
    ),
  );
  client.close();
  server.forceShutdown();
  return said;
}
console.log(`as declared: ${await call(authorities, own)}`);
console.log(`other way round: ${await call(own, authorities)}`);
process.exit();
JS

seen=$(node serve.js)
echo "$seen"
expected="as declared: UNAVAILABLE
other way round: OK"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: the providers are taken as declared, or in another way." >&2
  exit 1
fi
