import type { Progress } from "@palate/recipe";
import type { ComputationProgress } from "../sequences/computation-options.js";

/**
 * Says how far a training is that solves a closed form first and then trains a network.
 * @param closedShare share of the progress bar for the closed form
 */
export function trainingReports(
  report: (progress: Progress) => void,
  closedShare: number,
): (progress: ComputationProgress) => void {
  // The closed form is solved more than once: a share already reported is not taken back.
  let solved = 0;
  return (progress) => {
    if (progress.phase === "ridge") {
      solved = Math.max(solved, closedShare * progress.fraction);
      report({ phase: "fitting", fraction: solved, message: "Solving the closed form." });
      return;
    }
    const { step, loss, tokensPerSecond, fraction } = progress;
    report({
      phase: "fitting",
      fraction: closedShare + (1 - closedShare) * fraction,
      message: `Training the network: step ${step}, loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond / 1000)} k interactions/s.`,
      points: [{ series: "loss", value: loss }],
    });
  };
}
