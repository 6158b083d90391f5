/**
 * What a file may say. Which file may import which is in `.dependency-cruiser.mjs`; `npm run lint` runs both.
 */
import { URL, fileURLToPath } from "node:url";
import js from "@eslint/js";
import tseslint from "typescript-eslint";
import maxLinesOfTests from "./scripts/lint/max-lines-of-tests.mjs";

/** Code that only tests and measurements run. */
const TESTS = ["test/**/*.ts", "**/*.test.ts", "recipe-services/kit/*/testing/**/*.ts"];
/** Blank lines and comments do not count. */
const FUNCTION_LINES = { max: 70, skipBlankLines: true, skipComments: true };

/** DuckDB's functions that read files, in the SQL of a text or a template. */
const FILE_FUNCTIONS = ["Literal[value=/%/]", "TemplateElement[value.raw=/%/]"].map((selector) => ({
  selector: selector.replace(
    "%",
    "(read_(parquet|csv|json|ndjson|text|blob)|parquet_(scan|schema|(file_)?metadata))\\w* *[(]",
  ),
  message: "It takes folders for columns and paths for patterns; use the functions of storage/read-files.ts.",
}));

/** Time limits that never come: Node.js 20 lets go of them where nothing else holds on to them. */
const LOST_TIME_LIMIT = {
  selector: "CallExpression[callee.property.name='any'] CallExpression[callee.property.name='timeout']",
  message: "Its timer may be collected as garbage; give the call a deadline, or abort a controller in a timer.",
};

/** Rules that need no types. */
const plainRules = {
  "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
  "max-lines-per-function": ["error", FUNCTION_LINES],
  "max-params": ["error", 5],
  "default-case-last": "error",
  eqeqeq: ["error", "always", { null: "ignore" }],
  "no-constructor-return": "error",
  "no-duplicate-imports": ["error", { allowSeparateTypeImports: true }],
  "no-else-return": "error",
  "no-implicit-coercion": "error",
  "no-lonely-if": "error",
  "no-self-compare": "error",
  "no-sequences": "error",
  "no-template-curly-in-string": "error",
  "no-unneeded-ternary": "error",
  "no-unreachable-loop": ["error", { ignore: ["ForOfStatement"] }],
  "no-useless-concat": "error",
  "no-useless-rename": "error",
  "object-shorthand": "error",
  radix: "error",
  yoda: "error",
  "@typescript-eslint/consistent-type-imports": "error",
  "@typescript-eslint/no-explicit-any": "error",
  "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
};

/** Rules that ask the type checker. */
const typedRules = {
  "@typescript-eslint/await-thenable": "error",
  "@typescript-eslint/no-array-delete": "error",
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-for-in-array": "error",
  "@typescript-eslint/no-meaningless-void-operator": "error",
  "@typescript-eslint/no-misused-promises": "error",
  "@typescript-eslint/no-mixed-enums": "error",
  "@typescript-eslint/prefer-includes": "error",
  "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true }],
  "@typescript-eslint/prefer-readonly": "error",
  "@typescript-eslint/prefer-string-starts-ends-with": "error",
  "@typescript-eslint/require-array-sort-compare": ["error", { ignoreStringArrays: true }],
  "@typescript-eslint/return-await": "error",
  "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
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
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  { rules: plainRules },
  {
    files: TESTS,
    plugins: { house: { rules: { "max-lines-per-function": maxLinesOfTests } } },
    rules: { "max-lines-per-function": "off", "house/max-lines-per-function": ["error", FUNCTION_LINES] },
  },
  {
    files: ["**/*.ts"],
    languageOptions: {
      parserOptions: {
        // One program for all files, tests included: a third of the memory and time that one for each package takes.
        project: ["tsconfig.lint.json"],
        tsconfigRootDir: fileURLToPath(new URL(".", import.meta.url)),
      },
    },
    rules: typedRules,
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
    files: ["**/*.ts"],
    ignores: [...TESTS, "recipe-services/datasets/src/storage/read-files.ts"],
    rules: { "no-restricted-syntax": ["error", ...FILE_FUNCTIONS, LOST_TIME_LIMIT] },
  },
  {
    files: ["**/src/**/model.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "Date", message: "model.ts has no clock; take the time as a parameter." },
        { name: "process", message: "model.ts knows no environment." },
      ],
    },
  },
);
