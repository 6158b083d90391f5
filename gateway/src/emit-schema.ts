import { writeFile } from "node:fs/promises";
import { buildGraphqlSchema } from "./schema/build-schema.js";
import { printGraphqlSchema } from "./schema/print-schema.js";

// Writes gateway/schema.graphql: `npx tsc -b gateway && node gateway/dist/emit-schema.js`.
await writeFile(new URL("../schema.graphql", import.meta.url), printGraphqlSchema(buildGraphqlSchema()));
