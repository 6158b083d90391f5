import { sims } from "@palate/sims";
import { describeRecipe } from "./recipe-suite.js";

describeRecipe({ recipe: sims, collaborative: true });
