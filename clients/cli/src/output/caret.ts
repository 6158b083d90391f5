/**
 * The line of a text with a caret below the place that is meant.
 * @param line counts from 1
 * @param column counts from 1
 */
export function caretUnder(text: string, line: number, column: number, mark: (caret: string) => string): string {
  const shown = text.split(/\r?\n/)[line - 1] ?? "";
  // Tabs stay tabs, so that the caret stands where the terminal puts the character.
  const before = shown.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `${shown}\n${before.padEnd(column - 1)}${mark("^")}`;
}
