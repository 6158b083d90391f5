import { invalidArgument, type Violation } from "@palate/host";
import {
  ObjectiveSensitivity as SensitivityMessage,
  type CreateSolutionRequest,
  type Solution,
} from "@palate/proto/recipe";
import type { ObjectiveSensitivity, RecipeDescriptor } from "@palate/recipe";
import type { SolutionDocument } from "@palate/store";

/** Most event types that can be weighed, as at Amazon Personalize. */
const MOST_EVENT_TYPES = 10;

const SENSITIVITIES: ReadonlyMap<SensitivityMessage, ObjectiveSensitivity> = new Map([
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_UNSPECIFIED, "MEDIUM"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_OFF, "OFF"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_LOW, "LOW"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_MEDIUM, "MEDIUM"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_HIGH, "HIGH"],
]);

/** What a solution pays attention to, as stored. */
type EmphasisRecord = Pick<SolutionDocument, "events" | "objective">;

/**
 * Checks which events a solution trains on and what it makes much of.
 * @param recipe the solution's recipe; undefined when it is chosen by trial
 * @throws PalateError `invalid_argument` naming every field that is wrong
 */
export function emphasisRecord(request: CreateSolutionRequest, recipe?: RecipeDescriptor): EmphasisRecord {
  const { eventsConfig, optimizationObjective } = request;
  const violations: Violation[] = [];
  const wrong = (field: string, message: string): unknown => violations.push({ field, message });
  const list = eventsConfig?.eventParametersList ?? [];
  const field = "events_config.event_parameters_list";
  if (eventsConfig && (list.length === 0 || list.length > MOST_EVENT_TYPES))
    wrong(field, `has ${list.length} entries; it must have 1 to ${MOST_EVENT_TYPES}`);
  if (eventsConfig && (request.eventType !== "" || request.eventValueThreshold !== undefined))
    wrong("events_config", "cannot be given beside event_type or event_value_threshold; list that type alone");
  const names = list.map(({ eventType }) => eventType.toLowerCase());
  list.forEach(({ eventType, weight }, at) => {
    if (eventType === "") wrong(`${field}[${at}].event_type`, "is required");
    if (names.indexOf(eventType.toLowerCase()) < at) wrong(`${field}[${at}].event_type`, `"${eventType}" comes twice`);
    if (!(weight >= -1 && weight <= 1)) wrong(`${field}[${at}].weight`, `is ${weight}; it must be from -1 to 1`);
  });
  if (list.length > 0 && !list.some(({ weight }) => weight > 0))
    wrong(field, "has no weight above 0, so there would be nothing to recommend for");
  if (optimizationObjective && optimizationObjective.itemAttribute === "")
    wrong("optimization_objective.item_attribute", "is required: a numeric column of the Items dataset");
  if (optimizationObjective && recipe && recipe.takesObjective !== true)
    wrong("optimization_objective", `has no meaning for ${recipe.name}`);
  const sensitivity = SENSITIVITIES.get(
    optimizationObjective?.objectiveSensitivity ?? SensitivityMessage.OBJECTIVE_SENSITIVITY_UNSPECIFIED,
  );
  if (sensitivity === undefined) wrong("optimization_objective.objective_sensitivity", "is none of those there are");
  if (violations.length > 0) {
    const text = violations.map((violation) => `${violation.field} ${violation.message}`).join("; ");
    throw invalidArgument(`The solution cannot be created: ${text}.`, violations);
  }
  return {
    ...(eventsConfig && {
      events: list.map(({ eventType, eventValueThreshold, weight }) => ({
        eventType,
        eventValueThreshold: eventValueThreshold ?? null,
        weight,
      })),
    }),
    ...(optimizationObjective && {
      objective: { column: optimizationObjective.itemAttribute.toUpperCase(), sensitivity: sensitivity! },
    }),
  };
}

/** What a solution pays attention to, as the API describes it. */
export function solutionEmphasis({
  events,
  objective,
}: EmphasisRecord): Pick<Solution, "eventsConfig" | "optimizationObjective"> {
  return {
    eventsConfig: events && {
      eventParametersList: events.map(({ eventType, eventValueThreshold, weight }) => ({
        eventType,
        eventValueThreshold: eventValueThreshold ?? undefined,
        weight,
      })),
    },
    optimizationObjective: objective && {
      itemAttribute: objective.column,
      objectiveSensitivity: [...SENSITIVITIES].findLast(([, name]) => name === objective.sensitivity)![0],
    },
  };
}
