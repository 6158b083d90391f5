/** Contextual values as text, as recipe services take them. */
export function toContext(values: Record<string, unknown> | null | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]));
}
