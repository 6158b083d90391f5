import type { Target } from "../language/syntax.js";
import type { EventPlan, Plan } from "./plan-types.js";

/** Whether a plan has parameters, so that it changes with their values. */
export function hasParameters(plan: Plan): boolean {
  switch (plan.kind) {
    case "not":
      return hasParameters(plan.part);
    case "test":
      return plan.test.parameters.length > 0;
    case "event":
      return eventHasParameters(plan.event);
    default:
      return plan.parts.some(hasParameters);
  }
}

function eventHasParameters(event: EventPlan): boolean {
  return event.kind === "test" ? event.test.parameters.length > 0 : event.parts.some(eventHasParameters);
}

/** Whether a plan changes with the user who asks. Interactions of the users of a segment are data like any other. */
export function usesUser(plan: Plan, target: Target): boolean {
  switch (plan.kind) {
    case "not":
      return usesUser(plan.part, target);
    case "test":
      return plan.test.field.dataset === "CurrentUser";
    case "event":
      return target !== "UserID";
    default:
      return plan.parts.some((part) => usesUser(part, target));
  }
}

/**
 * Groups the parts by what they depend on: nothing, parameters only, or the user (each alone), so one mask can be cached
 * per group.
 */
export function splitByDependency(plan: Plan, target: Target): Plan {
  if (plan.kind === "not") return { kind: "not", part: splitByDependency(plan.part, target) };
  if (plan.kind === "test" || plan.kind === "event") return plan;
  const { kind } = plan;
  const parts = plan.parts.map((part) => splitByDependency(part, target));
  const user = parts.filter((part) => usesUser(part, target));
  const stable = parts.filter((part) => !usesUser(part, target));
  const groups = [stable.filter((part) => !hasParameters(part)), stable.filter(hasParameters)];
  const joined = groups.flatMap((group): Plan[] => (group.length > 1 ? [{ kind, parts: group }] : group));
  const all = [...joined, ...user];
  return all.length === 1 ? all[0]! : { kind, parts: all };
}
