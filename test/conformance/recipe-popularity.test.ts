import { popularityCount } from "@palate/popularity";
import { describeRecipe } from "./recipe-suite.js";

describeRecipe({ recipe: popularityCount, collaborative: false });
