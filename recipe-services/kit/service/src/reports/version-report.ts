import { ResourceStatus, type SolutionVersion } from "@palate/proto/recipe";
import { type RecipeDescriptor, metricMeaning } from "@palate/recipe";
import {
  cards,
  facts,
  html,
  renderPage,
  shortBytes,
  shortDuration,
  shortNumber,
  table,
  type Html,
} from "@palate/report";
import { curveSection } from "./report-curves.js";
import { calibrationSection, metricsSection, partsSection, quintilesSection } from "./report-quality.js";
import { tuningSection } from "./report-tuning.js";

const STATUSES: Readonly<Partial<Record<ResourceStatus, string>>> = {
  [ResourceStatus.RESOURCE_STATUS_CREATE_PENDING]: "waiting",
  [ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS]: "in training",
  [ResourceStatus.RESOURCE_STATUS_ACTIVE]: "trained",
  [ResourceStatus.RESOURCE_STATUS_CREATE_FAILED]: "failed",
  [ResourceStatus.RESOURCE_STATUS_CREATE_STOPPING]: "stopping",
  [ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED]: "stopped",
};

function moment(ms: number): string {
  return ms > 0 ? `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC` : "–";
}

/** The first figures that somebody wants to see. */
function headOf(version: SolutionVersion): Html {
  const { evaluation, metrics, baselineMetrics, dataStatistics: data } = version;
  const key = evaluation?.primaryMetric ?? "";
  const value = metrics[key];
  const theirs = baselineMetrics[key];
  const interval = evaluation?.intervals[key];
  const quality =
    value === undefined
      ? []
      : [
          {
            name: metricMeaning(key).label,
            value: shortNumber(value),
            note: interval && `95 % interval ${shortNumber(interval.low)} to ${shortNumber(interval.high)}`,
          },
          ...(theirs === undefined
            ? []
            : [
                {
                  name: "Against the baseline",
                  value: theirs > 0 ? `${shortNumber(value / theirs)} ×` : shortNumber(value - theirs),
                  note: `${evaluation?.baseline || "the baseline"}: ${shortNumber(theirs)}`,
                },
              ]),
        ];
  const trained = [
    {
      name: "Training",
      value: shortDuration(version.trainingSeconds || (version.checkpointHistory.at(-1)?.seconds ?? 0)),
      note: `${version.checkpoints} ${version.checkpoints === 1 ? "model" : "models"}, ${shortBytes(version.modelBytes)}`,
    },
    ...(data === undefined
      ? []
      : [
          {
            name: "Learned from",
            value: shortNumber(data.interactions),
            note: `interactions of ${shortNumber(data.users)} users with ${shortNumber(data.items)} items`,
          },
        ]),
  ];
  return html`${version.failureReason !== "" && html`<div class="notice"><strong>It failed.</strong> ${version.failureReason}</div>`}
  ${
    data !== undefined &&
    data.warnings.length > 0 &&
    html`<div class="notice">
      <strong>Read the figures with care</strong>
      <ul>
        ${data.warnings.map((text) => html`<li>${text}</li>`)}
      </ul>
    </div>`
  }
  ${cards([...quality, ...trained])}`;
}

function configuration(version: SolutionVersion, recipe: RecipeDescriptor | undefined): Html {
  const known = new Map(recipe?.hyperparameters.map((parameter) => [parameter.name, parameter]));
  const rows = Object.entries(version.hyperparameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const parameter = known.get(name);
      const standard = parameter === undefined ? "" : String(parameter.default);
      const changed = standard !== "" && standard !== value;
      return [
        html`<code>${name}</code>`,
        changed ? html`<strong>${value}</strong>` : value,
        standard,
        parameter?.description ?? "",
      ];
    });
  const columns = [{ name: "Hyperparameter" }, { name: "Value" }, { name: "Default" }, { name: "Meaning" }];
  return rows.length > 0 ? table(columns, rows) : html`<p class="soft">This recipe has no hyperparameters.</p>`;
}

function particulars(version: SolutionVersion): Html {
  const data = version.dataStatistics;
  const perUser = data && data.users > 0 ? data.interactions / data.users : undefined;
  const density = data && data.users * data.items > 0 ? data.interactions / (data.users * data.items) : undefined;
  return facts([
    ["Users with an interaction", data ? shortNumber(data.users) : "–"],
    ["Items in the catalogue", data ? shortNumber(data.items) : "–"],
    ["Interactions", data ? shortNumber(data.interactions) : "–"],
    ["Interactions per user", perUser === undefined ? "–" : shortNumber(perUser)],
    ["Share of all pairs of user and item", density === undefined ? "–" : `${(100 * density).toPrecision(2)} %`],
    ["Read up to", data ? html`<code>${data.cursor || "the beginning"}</code>` : "–"],
    ["Tensor backend", version.backend || "–"],
    ["Seed", String(version.seed)],
    ["Asked for", moment(version.createdAtMs)],
    ["Last changed", moment(version.updatedAtMs)],
    ["Model file", `${shortBytes(version.modelBytes)} (safetensors)`],
    ["SHA-256 of the model file", html`<code>${version.sha256 || "–"}</code>`],
  ]);
}

/**
 * A page about a solution version for people: how good it is and how sure that is, how it grew, for which items it is good,
 * what was tried, and everything needed to repeat it.
 * @param recipe the version's recipe, for what its hyperparameters mean
 * @returns HTML that needs nothing else
 */
export function versionReport(version: SolutionVersion, recipe: RecipeDescriptor | undefined): string {
  const sections = [
    metricsSection(version),
    curveSection(version),
    quintilesSection(version),
    calibrationSection(version),
    partsSection(version),
    tuningSection(version),
    {
      title: "Configuration",
      lead: recipe?.description,
      body: configuration(version, recipe),
    },
    {
      title: "Data and training",
      lead: "With the same data, seed and backend the same training gives the same model.",
      body: particulars(version),
    },
  ];
  return renderPage({
    title: `${version.solution} · ${version.versionId}`,
    subtitle: html`${version.recipe} in dataset group ${version.datasetGroup}
      <span class="pill">${STATUSES[version.status] ?? "unknown"}</span>`,
    head: headOf(version),
    sections: sections.filter((section) => section !== undefined),
    foot: html`Measured on interactions that the model had not seen: a part of what the newest test users did was held
    out, the model was asked for it, and what it said was compared. What is served afterwards was trained on everything.`,
  });
}
