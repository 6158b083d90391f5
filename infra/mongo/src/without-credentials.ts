/** A connection string for people and logs: user and password are hidden. */
export function withoutCredentials(uri: string): string {
  return uri.replace(/\/\/[^/]*@/, "//***@");
}
