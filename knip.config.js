/**
 * What nobody uses: files, exports, dependencies. `npm run lint` checks it, and what it finds is removed, not listed here.
 * An entry is a file that something other than an import starts. What a package's index exports counts as used only where
 * another package, or a test, imports it.
 */
export default {
  includeEntryExports: true,
  // Needed for tests only: Go's tool chain for the embedded engine's own, small disks where this user may mount them.
  ignoreBinaries: ["go", "mount", "umount"],
  workspaces: {
    ".": {
      includeEntryExports: false,
      entry: ["scripts/*.mjs", "scripts/lint/*.dependency-cruiser.mjs", "infra/{docker,native}/*.mjs"],
      project: ["*.{js,mjs,ts}", "scripts/**/*.mjs", "infra/{docker,native}/**/*.mjs"],
      // Checks start it by the path of its program (scripts/checks.mjs).
      ignoreDependencies: ["dependency-cruiser"],
    },
    "recipe-services/kit/*": {
      entry: ["src/**/*.test.ts", "src/**/*.mjs"],
      project: ["src/**/*.{ts,mjs}", "testing/**/*.ts"],
    },
    // Whatever needs all services imports them by the names of the list, and takes `recipes` and `options` from each.
    "recipe-services/*": {
      includeEntryExports: false,
      entry: ["src/main.ts", "src/**/*.test.ts"],
      project: ["src/**/*.ts"],
    },
    "infra/local": { entry: ["src/main.ts"], project: ["src/**/*.ts"] },
    // A library that its README describes.
    "infra/mongo": { includeEntryExports: false, entry: ["src/main.ts"], project: ["src/**/*.ts"] },
    "clients/cli": { entry: ["src/main.ts", "src/**/*.test.ts"], project: ["bin/*.js", "src/**/*.ts"] },
    gateway: { entry: ["src/main.ts", "src/emit-schema.ts"], project: ["src/**/*.ts"] },
    // Generated stubs are used as a whole.
    proto: { includeEntryExports: false, project: ["src/**/*.ts"] },
    test: {
      entry: ["*/main.ts", "**/*.test.ts", "bench/{bare,observed}-server.ts"],
      project: ["**/*.ts"],
      // Has no types and is CommonJS: support/s3.ts requires it.
      ignoreDependencies: ["s3rver"],
    },
  },
};
