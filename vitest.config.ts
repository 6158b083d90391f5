import { defineConfig } from "vitest/config";

// Tests run against the built packages (npm run build first), as users get them; only the file under test is compiled here.
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  // Vite would pick graphql's ESM build while Node picks the CommonJS one, and two copies of graphql refuse each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["{proto,gateway,infra,recipe-services,clients}/**/src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
