/**
 * The yardstick, run as a program of its own: a Node HTTP server that reads each request and answers with the same bytes.
 * Arguments: files with those bytes, served at /0, /1, … Prints its port.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answers = process.argv.slice(2).map((file) => readFileSync(file));

const server = createServer((request, response) => {
  request.on("data", () => {});
  request.on("end", () => {
    const answer = answers[Number(request.url?.slice(1))] ?? answers[0];
    response.writeHead(200, { "content-type": "application/json", "content-length": answer?.length ?? 0 });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
