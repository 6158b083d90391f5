import { invalidArgument, type Violation } from "@palate/host";
import {
  ObjectiveSensitivity as SensitivityMessage,
  type CreateSolutionRequest,
  type Solution,
} from "@palate/proto/recipe";
import { recommendsItems, type ObjectiveSensitivity, type RecipeDescriptor } from "@palate/recipe";
import type { SolutionDocument } from "@palate/store";

/** Most event types that can be weighed, as at Amazon Personalize. */
const MAX_EVENT_TYPES = 10;

const SENSITIVITIES: ReadonlyMap<SensitivityMessage, ObjectiveSensitivity> = new Map([
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_UNSPECIFIED, "MEDIUM"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_OFF, "OFF"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_LOW, "LOW"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_MEDIUM, "MEDIUM"],
  [SensitivityMessage.OBJECTIVE_SENSITIVITY_HIGH, "HIGH"],
]);

/** Event weights and optimisation objective of a solution, as stored. */
type EmphasisRecord = Pick<SolutionDocument, "events" | "objective">;

/**
 * Checks which events a solution trains on, with which weights, and its optimisation objective.
 * @param recipe the solution's recipe; undefined when it is chosen by trial
 * @throws PalateError `invalid_argument` naming every field that is wrong
 */
export function emphasisRecord(request: CreateSolutionRequest, recipe?: RecipeDescriptor): EmphasisRecord {
  const { eventsConfig, optimizationObjective } = request;
  const violations = [...eventsProblems(request), ...objectiveProblems(request, recipe)];
  if (violations.length > 0) {
    const text = violations.map((violation) => `${violation.field} ${violation.message}`).join("; ");
    throw invalidArgument(`The solution cannot be created: ${text}.`, violations);
  }
  return {
    ...(eventsConfig && {
      events: eventsConfig.eventParametersList.map(({ eventType, eventValueThreshold, weight }) => ({
        eventType,
        eventValueThreshold: eventValueThreshold ?? null,
        weight,
      })),
    }),
    ...(optimizationObjective && {
      objective: {
        column: optimizationObjective.itemAttribute.toUpperCase(),
        sensitivity: SENSITIVITIES.get(optimizationObjective.objectiveSensitivity)!,
      },
    }),
  };
}

/** What is wrong with the events that a solution is to train on. */
function eventsProblems({
  eventsConfig,
  eventType: onlyType,
  eventValueThreshold,
}: CreateSolutionRequest): Violation[] {
  if (eventsConfig === undefined) return [];
  const violations: Violation[] = [];
  const wrong = (field: string, message: string): unknown => violations.push({ field, message });
  const list = eventsConfig.eventParametersList;
  const field = "events_config.event_parameters_list";
  if (list.length === 0 || list.length > MAX_EVENT_TYPES)
    wrong(field, `has ${list.length} entries; it must have 1 to ${MAX_EVENT_TYPES}`);
  if (onlyType !== undefined || eventValueThreshold !== undefined)
    wrong("events_config", "cannot be given beside event_type or event_value_threshold; list that type alone");
  const names = list.map(({ eventType }) => eventType.toLowerCase());
  list.forEach(({ eventType, weight }, index) => {
    const entry = `${field}[${index}]`;
    if (eventType === "") wrong(`${entry}.event_type`, "is required");
    if (names.indexOf(eventType.toLowerCase()) < index) wrong(`${entry}.event_type`, `"${eventType}" comes twice`);
    if (!(weight >= -1 && weight <= 1)) wrong(`${entry}.weight`, `is ${weight}; it must be from -1 to 1`);
  });
  if (list.length > 0 && !list.some(({ weight }) => weight > 0))
    wrong(field, "has no weight above 0, so there would be nothing to recommend for");
  return violations;
}

/** What is wrong with the optimisation objective of a solution. */
function objectiveProblems(
  { optimizationObjective }: CreateSolutionRequest,
  recipe: RecipeDescriptor | undefined,
): Violation[] {
  if (optimizationObjective === undefined) return [];
  const violations: Violation[] = [];
  const wrong = (field: string, message: string): unknown =>
    violations.push({ field: `optimization_objective${field}`, message });
  if (optimizationObjective.itemAttribute === "")
    wrong(".item_attribute", "is required: a numeric column of the Items dataset");
  if (recipe && !(recommendsItems(recipe) && recipe.takesObjective)) wrong("", `has no meaning for ${recipe.name}`);
  if (!SENSITIVITIES.has(optimizationObjective.objectiveSensitivity))
    wrong(".objective_sensitivity", "is none of those there are");
  return violations;
}

/** Event weights and optimisation objective of a solution, as the API describes them. */
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
