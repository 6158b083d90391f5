/** Text that is HTML already, made by {@link html} alone. */
export class Html {
  /** @param text trusted markup */
  constructor(readonly text: string) {}
}

/** What may stand in a template: text and numbers are escaped; nothing stands for null, undefined and false. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function markup(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return (value as readonly HtmlValue[]).map(markup).join("");
  return String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/**
 * HTML (or SVG) from a template. What is put in is escaped, be it content or the value of a quoted attribute, so that no
 * name or text of a user can become markup.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.reduce((text, part, k) => text + markup(values[k - 1]) + part));
}
