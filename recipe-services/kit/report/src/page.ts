import { html, Html, type HtmlValue } from "./html.js";
import { STYLE } from "./style.js";

/** A part of a page. */
export interface Section {
  readonly title: string;
  /** What it shows and how to read it, in a sentence or two. */
  readonly lead?: HtmlValue;
  readonly body: HtmlValue;
}

/** A page. */
export interface Page {
  readonly title: string;
  /** Under the title. */
  readonly subtitle?: HtmlValue;
  /** Before the first section. */
  readonly head?: HtmlValue;
  readonly sections: readonly Section[];
  /** At the end. */
  readonly foot?: HtmlValue;
}

/**
 * A page as one HTML file that needs nothing else: styles and drawings are in it, there are no scripts, and its policy
 * forbids to load anything. It follows the reader's choice of light or dark and can be printed.
 */
export function renderPage({ title, subtitle, head, sections, foot }: Page): string {
  const id = (section: Section): string => section.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${subtitle !== undefined && html`<p class="subtitle">${subtitle}</p>`}
          ${sections.length > 1 && html`<nav>${sections.map((section) => html`<a href="#${id(section)}">${section.title}</a> `)}</nav>`}
        </header>
        <main>
          ${head}
          ${sections.map(
            (section) =>
              html`<section id="${id(section)}">
                <h2>${section.title}</h2>
                ${section.lead !== undefined && html`<p class="lead">${section.lead}</p>`} ${section.body}
              </section> `,
          )}
        </main>
        ${foot !== undefined && html`<footer>${foot}</footer>`}
      </body>
    </html> `;
  return page.text;
}
