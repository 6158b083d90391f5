import { trendingNow } from "@palate/trending";
import { describeRecipe } from "./recipe-suite.js";

describeRecipe({ recipe: trendingNow, collaborative: false });
