import { nextBestAction } from "@palate/next-best-action";
import { describeActionRecipe } from "./action-suite.js";

describeActionRecipe({ recipe: nextBestAction });
