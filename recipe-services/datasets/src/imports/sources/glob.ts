/** Whether a path is a pattern: it has a `*` or `?`. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

/** The part of a pattern before its first wildcard, up to and with the last "/". */
export function fixedPart(pattern: string): string {
  const wild = pattern.search(/[*?]/);
  return pattern.slice(0, pattern.lastIndexOf("/", wild === -1 ? undefined : wild) + 1);
}

/**
 * A pattern as a regular expression for whole paths: `?` is one character, `*` any characters within a folder, and `**` as
 * a folder's name any number of folders.
 */
export function patternMatcher(pattern: string): RegExp {
  const source = pattern
    .split("/")
    .map((segment, index, all) => {
      const last = index === all.length - 1;
      if (segment === "**" && !last) return "(?:[^/]+/)*";
      // A run of stars is one star: nested repetition would make matching take exponential time.
      const one = segment.replace(/\*+/g, "*").replace(/[.+^${}()|[\]\\]/g, "\\$&");
      return one.replaceAll("*", "[^/]*").replaceAll("?", "[^/]") + (last ? "" : "/");
    })
    .join("");
  return new RegExp(`^${source}$`, "u");
}
