import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { envExample } from "../support/env-example.js";

it(".env.example says what the services' options are now (npm run generate:env)", async () => {
  const file = fileURLToPath(new URL("../../.env.example", import.meta.url));
  expect(await readFile(file, "utf8")).toBe(await envExample());
}, 180_000);
