import { writeFile } from "node:fs/promises";
import { buildGraphqlSchema } from "./execution/build-schema.js";
import { printGraphqlSchema } from "./execution/print-schema.js";

// Writes gateway/schema.graphql: `npx tsc -b gateway && node gateway/dist/emit-schema.js`.
await writeFile(new URL("../schema.graphql", import.meta.url), printGraphqlSchema(buildGraphqlSchema()));
