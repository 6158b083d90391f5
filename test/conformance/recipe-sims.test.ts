import { semanticSimilarity, similarItems, sims } from "@palate/sims";
import { describeRecipe } from "./recipe-suite.js";

describeRecipe({ recipe: sims, collaborative: true });
describeRecipe({ recipe: similarItems, collaborative: true });
describeRecipe({ recipe: semanticSimilarity, collaborative: false });
