import { readFileSync } from "node:fs";

/** A code block of the README under a comment that says how to run it: `<!-- run: graphql -->`. */
export interface ReadmeExample {
  /** What the comment says: "graphql", "js", "sh for go". */
  readonly how: string;
  readonly code: string;
  /** The block's first line in the README. */
  readonly line: number;
}

/** The README's examples that are to be run, in the order in which they stand. */
export function readmeExamples(): ReadmeExample[] {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  return [...readme.matchAll(/<!-- run: ([^>]*?) -->\n```\w+\n([^]*?)```/g)].map(
    ({ 1: how = "", 2: code = "", index }) => ({
      how,
      code,
      line: readme.slice(0, index).split("\n").length + 2,
    }),
  );
}
