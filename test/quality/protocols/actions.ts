import {
  areaByAction,
  dataBefore,
  heldOutFrom,
  load,
  occasionsFrom,
  propensityMetrics,
} from "@palate/next-best-action";
import { replicaViewOf, type ActionRecipe, type Metrics } from "@palate/recipe";
import { streamOfActions } from "../actions/stream.js";
import type { Protocol } from "../protocol.js";
import { stored, train } from "../train.js";

const USERS = 4_000;
const ACTIONS = 12;
const DAYS = 180;
const PERIOD_SECONDS = 14 * 86_400;
const AREA = "area_under_the_curve";

/** Actions shown to users whose true propensities are known. */
export const actionsProtocol: Protocol<ActionRecipe> = {
  name: "actions",
  description:
    "makes a stream of actions shown to users whose true propensities are known; the newest tenth of the occasions is asked about, with what was known just before each",
  needsData: false,
  columns: [
    { name: "AUC", key: AREA },
    { name: "below the oracle", key: "area_below_oracle" },
    { name: "lowest action", key: "lowest_area_below_oracle" },
    { name: "calibration error", key: "expected_calibration_error" },
    { name: "to the truth", key: "mean_distance_to_truth" },
    { name: "log loss", key: "log_loss" },
  ],
  fits: (recipe): recipe is ActionRecipe => recipe.descriptor.type === "PERSONALIZED_ACTIONS",
  async run(recipe, { options, say }) {
    const stream = streamOfActions({ users: USERS, actions: ACTIONS, days: DAYS, seed: options.seed });
    const { data } = stream;
    const moment = heldOutFrom(data)!;
    const fit = dataBefore(data, moment);
    const held = recipe.evaluation.holdOut(fit, { seed: options.seed }).fit;
    const { published, ...training } = await train(recipe, { fit, held }, options, say);
    const { artifact, bytes } = stored(recipe, published.at(-1)!.artifact);
    const started = performance.now();
    const cases = occasionsFrom(data, moment, PERIOD_SECONDS, Infinity, options.seed);
    const model = load(artifact, replicaViewOf(data));
    const { users, actions, times } = cases;
    const predicted = (propensity: (i: number) => number): Float64Array =>
      Float64Array.from(users, (_, i) => propensity(i));
    const truth = predicted((i) => stream.propensity(users[i]!, actions[i]!, times[i]!));
    const own = predicted((i) => model.propensity(users[i]!, actions[i]!, times[i]! - 1e-3));
    const averages = recipe.evaluation.holdOut(data, { seed: options.seed }).measure(artifact).baseline;
    const rates = new Float32Array(ACTIONS).fill(0.2);
    const metricsOf = (propensities: Float64Array): Metrics => propensityMetrics({ ...cases, propensities }, rates);
    const [metrics, oracle] = [metricsOf(own), metricsOf(truth)];
    const best = areaByAction({ ...cases, propensities: truth });
    const gaps = [...areaByAction({ ...cases, propensities: own })].map(([action, area]) => best.get(action)! - area);
    const distance = truth.reduce((sum, p, i) => sum + Math.abs(p - own[i]!), 0) / truth.length;
    return {
      ...training,
      evaluationSeconds: (performance.now() - started) / 1000,
      modelBytes: bytes,
      data: `made up: ${USERS} users, ${ACTIONS} actions, ${DAYS} days, ${data.actions!.events.length} events`,
      asked: `${users.length} occasions of the newest tenth; true propensities from ${Math.min(...truth).toFixed(3)} to ${Math.max(...truth).toFixed(3)}`,
      cases: users.length,
      metrics: {
        ...metrics,
        area_below_oracle: oracle[AREA]! - metrics[AREA]!,
        lowest_area_below_oracle: Math.max(...gaps),
        mean_distance_to_truth: distance,
      },
      references: { oracle, "action's average": averages },
      curve: [],
    };
  },
};
