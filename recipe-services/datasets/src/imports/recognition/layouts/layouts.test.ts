import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Layout, Look, RefusedLayout } from "../layout.js";
import { LAYOUTS, REFUSED_LAYOUTS } from "./index.js";

const PAGE = fileURLToPath(new URL("../../../../LAYOUTS.md", import.meta.url));

const code = (text: string) => `\`${text.replaceAll("|", "\\|")}\``;
const SEPARATORS: Readonly<Record<string, string>> = { "\t": "tab", ",": "comma", ";": "semicolon" };
const separator = (delimiter: string) => SEPARATORS[delimiter] ?? code(delimiter);

/** What a look tells a layout by. */
function told(look: Look, { plan }: Pick<Partial<Layout>, "plan">): string {
  switch (look.in) {
    case "header": {
      const more = look.more?.length ? `, perhaps ${look.more.map(code).join(" ")}` : "";
      return `header ${look.names.map(code).join(" ")}${more}; ${separator(look.delimiter)}`;
    }
    case "cells": {
      const names = (typeof plan === "object" && plan.csv?.names) || [];
      const few = names.length <= 8 ? names : names.slice(0, 5);
      const values = names.length === 0 ? `${look.cells.length} values` : `values like ${few.map(code).join(" ")}`;
      return `no header, ${values}${few.length < names.length ? ` and ${names.length - few.length} more` : ""}; ${separator(look.delimiter)}`;
    }
    case "columns": {
      const without = look.without?.length ? `, not ${look.without.map(code).join(" ")}` : "";
      const values = Object.entries(look.values ?? {}).map(
        ([path, { source }]) => `, ${code(path)} like ${code(source)}`,
      );
      return `columns ${look.paths.map(code).join(" ")}${without}${values.join("")}`;
    }
    case "lines":
      return `lines ${look.lines.map((line) => code(line.source)).join(" ")}`;
    case "names":
      return `names in the header that fit ${code(look.fit.source)}; ${separator(look.delimiter)}`;
  }
}

const row = (layout: Layout | RefusedLayout, ...more: string[]) =>
  `| ${[layout.name, layout.looks.map((look) => told(look, "plan" in layout ? layout : {})).join(", or "), ...more].join(" | ")} |`;

function page(): string {
  const of = (origin: Layout["origin"]) => LAYOUTS.filter((layout) => layout.origin === origin);
  const table = (layouts: readonly Layout[]) => [
    "| layout | told by |",
    "|---|---|",
    ...layouts.map((layout) => row(layout)),
  ];
  const refused = REFUSED_LAYOUTS.map((layout: RefusedLayout) => row(layout, `a file ${layout.refusal}`));
  return [
    "# Layouts that are recognised",
    "",
    "`inferSchema` tells these files by their content, whatever they are called, and proposes a schema and a mapping with which they",
    "import as they are. A line is one entry of `src/imports/recognition/layouts/`; a test keeps this page like them",
    "(`npx vitest run recipe-services/datasets/src/imports/recognition/layouts -u` writes it anew).",
    "",
    "## Public data sets",
    "",
    ...table(of("data set")),
    "",
    "## Vendors' exports",
    "",
    ...table(of("vendor")),
    "",
    "## Refused",
    "",
    "| layout | told by | why |",
    "|---|---|---|",
    ...refused,
    "",
  ].join("\n");
}

test("the page lists every layout that is recognised", async () => {
  await expect(page()).toMatchFileSnapshot(PAGE);
});

test("names are told apart", () => {
  const names = [...LAYOUTS, ...REFUSED_LAYOUTS].map(({ name, looks }) => `${name} ${JSON.stringify(looks)}`);
  expect(new Set(names).size).toBe(names.length);
});
