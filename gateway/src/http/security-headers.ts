/**
 * Headers of what a browser may show: what it is allowed to do, that no other page frames it or hears of its address, and that its
 * type is what it is said to be.
 * @param allowed directives for what the page needs; without any it can do nothing
 */
export function securityHeaders(...allowed: readonly string[]): Readonly<Record<string, string>> {
  const nothing = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return {
    "content-security-policy": [...nothing, ...allowed].join("; "),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}
