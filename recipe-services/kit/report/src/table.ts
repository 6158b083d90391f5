import { html, type Html, type HtmlValue } from "./html.js";

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  /** Whether its cells are numbers, which stand to the right. Default false. */
  readonly numeric?: boolean;
}

/**
 * A table; one that is too wide for the page scrolls on its own.
 * @param narrow whether it is only as wide as its cells need. Default false: as wide as the page.
 */
export function table(columns: readonly TableColumn[], rows: readonly (readonly HtmlValue[])[], narrow = false): Html {
  const kind = (k: number): string => (columns[k]?.numeric === true ? "number" : "");
  return html`<div class="scroll${narrow && " narrow"}">
    <table>
      <thead>
        <tr>
          ${columns.map(({ name }, k) => html`<th class="${kind(k)}" scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, k) => html`<td class="${kind(k)}">${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names with values, as a list in two columns. */
export function facts(entries: readonly (readonly [string, HtmlValue])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A few figures to be seen first. */
export function cards(
  entries: readonly { readonly name: string; readonly value: string; readonly note?: HtmlValue }[],
): Html {
  return html`<div class="cards">
    ${entries.map(
      ({ name, value, note }) =>
        html`<div class="card">
          <span class="name">${name}</span
          ><strong>${value}</strong>${note !== undefined && html`<span class="note">${note}</span>`}
        </div>`,
    )}
  </div>`;
}
