import { readFileSync } from "node:fs";
import { URL } from "node:url";
import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Refuses imports across the house's one-way boundaries; the message says what to do instead. */
const boundary = (files, patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

/** Names of the services beside the kit. */
const services = JSON.parse(readFileSync(new URL("recipe-services/services.json", import.meta.url), "utf8"))
  .filter(({ role }) => role !== "gateway")
  .map(({ name }) => name);
const deep = {
  group: ["@palate/*/src/*", "@palate/*/dist/*"],
  message: "Import a package by its exports, not its files.",
};
const gatewayRule = {
  group: ["@palate/gateway", "@palate/gateway/*"],
  message: "Only the test package may import the gateway.",
};
const servicesRule = {
  group: services.flatMap((s) => [`@palate/${s}`, `@palate/${s}/*`]),
  message: "Services never import one another; shared code belongs in a package of the kit.",
};

export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/node_modules/**",
      "proto/src/generated/**",
      ".cache/**",
      ".palate/**",
      "infra/mongo/engine/**",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "off",
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["**/main.ts", "infra/**", "test/**", "**/*.test.ts", "vitest.config.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only main.ts reads the environment; take a parameter instead.",
        },
      ],
    },
  },
  {
    files: ["**/src/**/model.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            deep,
            {
              group: [
                "node:*",
                "mongodb",
                "pino",
                "@palate/host",
                "@palate/replica",
                "@palate/store",
                "@palate/service",
              ],
              message: "model.ts is mathematics only: arrays and tensors.",
            },
          ],
        },
      ],
      "no-restricted-globals": [
        "error",
        { name: "Date", message: "model.ts has no clock; take the time as a parameter." },
        { name: "process", message: "model.ts knows no environment." },
      ],
    },
  },
  boundary(["proto/**/*.ts"], [deep, { group: ["@palate/*"], message: "proto imports nothing of ours." }]),
  boundary(["recipe-services/kit/**/*.ts"], [deep, servicesRule, gatewayRule]),
  boundary([`recipe-services/{${services.join(",")}}/src/**/!(model)*.ts`], [deep, servicesRule, gatewayRule]),
  boundary(
    ["gateway/**/*.ts"],
    [
      deep,
      servicesRule,
      {
        group: ["mongodb", "@palate/replica", "@palate/store", "@palate/service", "@palate/mongo"],
        message: "The gateway owns no data and has no database driver.",
      },
    ],
  ),
);
