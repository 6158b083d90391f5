/**
 * No circles of folders. A run of its own, for it has to leave the tests out: a test may use what stands above its own
 * folder, and dependency-cruiser counts a folder's imports as a whole.
 */
import base from "../../.dependency-cruiser.mjs";

export default {
  forbidden: [
    {
      name: "no-circles-of-folders",
      comment:
        "These folders import one another in a circle. Move a file to where it belongs, so that one of them is below the other.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...base.options, exclude: { path: `${base.options.exclude.path}|[.]test[.]ts$|/testing/` } },
};
