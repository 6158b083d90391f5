/** Writes the dashboards that panels.mjs describes as the files that Grafana reads. */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";
import { DASHBOARDS } from "./panels.mjs";

const COLUMNS = 24;
const HEIGHT = 8;
// The variable below by which Grafana knows the chosen Prometheus.
const SOURCE = { type: "prometheus", uid: "$source" };

const chosenByName = (name, label, query) => ({
  ...{ name, label, query, type: "query", datasource: SOURCE, definition: query, refresh: 2, sort: 1 },
  ...{ includeAll: true, multi: true, allValue: ".*", current: { text: "All", value: "$__all" } },
});

function panel([title, description, unit, queries], id, gridPos) {
  return {
    ...{ id, title, description, gridPos, type: "timeseries", datasource: SOURCE },
    fieldConfig: {
      defaults: { unit, min: 0, custom: { lineWidth: 1, fillOpacity: 8, showPoints: "never" } },
      overrides: [],
    },
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
    targets: queries.map(([expr, legendFormat], index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource: SOURCE, expr, legendFormat },
    })),
  };
}

function dashboard({ name, title, about, rows }) {
  const panels = rows.flatMap((row, y) =>
    row.map((each, x) => {
      const w = COLUMNS / row.length;
      return panel(each, y * 10 + x + 1, { x: x * w, y: y * HEIGHT, w, h: HEIGHT });
    }),
  );
  return {
    ...{ uid: `palate-${name}`, title, description: about, tags: ["palate"], schemaVersion: 39, editable: true },
    ...{ time: { from: "now-3h", to: "now" }, refresh: "30s", panels },
    templating: {
      list: [
        { name: "source", label: "Prometheus", type: "datasource", query: "prometheus" },
        chosenByName("dataset_group", "Dataset group", "label_values(palate_replica_items, dataset_group)"),
        chosenByName(
          "campaign",
          "Campaign",
          'label_values(palate_model_info{dataset_group=~"$dataset_group"}, campaign)',
        ),
      ],
    },
  };
}

/** The files by name, as text. */
export function dashboardFiles() {
  return DASHBOARDS.map((each) => [`${each.name}.json`, `${JSON.stringify(dashboard(each), null, 2)}\n`]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of dashboardFiles()) writeFileSync(new URL(`dashboards/${name}`, import.meta.url), text);
}
