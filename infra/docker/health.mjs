/**
 * Ends with 0 when the service of this container can be used, otherwise with 1. No dependencies: images hold different
 * packages. It asks where the service was told to listen, the gateway over HTTP and any other over gRPC.
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { connect } from "node:http2";
import { get as getSecure } from "node:https";
import process from "node:process";
import { setTimeout } from "node:timers";

const { PALATE_GATEWAY_LISTEN, PALATE_LISTEN } = process.env;
const { PALATE_GATEWAY_TLS_CERT_FILE, PALATE_TLS_CERT_FILE, PALATE_TLS_KEY_FILE } = process.env;
/** How long an answer may take. */
const PATIENCE_MS = 2_500;
/** An empty `HealthCheckRequest` as a gRPC message: not compressed, 0 bytes long. It asks for the service as a whole. */
const REQUEST = Buffer.alloc(5);
/** `HealthCheckResponse { status: SERVING }`, 2 bytes long. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

/** An address that a server listens on, as one that it is reached at from its own machine. */
const reachable = (listen) => listen.replace(/^(0\.0\.0\.0|\[::\]):/, "127.0.0.1:");

function gatewayAnswers(listen) {
  return new Promise((resolve, reject) => {
    // An agent of its own: proxies in the environment are for the world outside.
    const [scheme, ask] = PALATE_GATEWAY_TLS_CERT_FILE ? ["https", getSecure] : ["http", get];
    const options = { agent: false, rejectUnauthorized: false };
    const request = ask(`${scheme}://${reachable(listen)}/livez`, options, (response) => {
      resolve(response.statusCode === 200);
    });
    request.on("error", reject);
  });
}

function grpcIsServing(listen) {
  return new Promise((resolve, reject) => {
    const session = PALATE_TLS_CERT_FILE
      ? connect(`https://${reachable(listen)}`, {
          rejectUnauthorized: false,
          cert: readFileSync(PALATE_TLS_CERT_FILE),
          key: readFileSync(PALATE_TLS_KEY_FILE),
        })
      : connect(`http://${reachable(listen)}`);
    session.on("error", reject);
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const parts = [];
    call.on("data", (part) => parts.push(part));
    call.on("error", reject);
    call.on("end", () => resolve(Buffer.concat(parts).equals(SERVING)));
    call.end(REQUEST);
  });
}

setTimeout(() => process.exit(1), PATIENCE_MS);
const healthy = PALATE_GATEWAY_LISTEN ? gatewayAnswers(PALATE_GATEWAY_LISTEN) : grpcIsServing(PALATE_LISTEN);
process.exit(
  await healthy.then(
    (yes) => (yes ? 0 : 1),
    () => 1,
  ),
);
