import { itemAffinity, itemAttributeAffinity, userClustering } from "@palate/segments";
import { describeSegmentRecipe } from "./segment-suite.js";

describeSegmentRecipe({ recipe: itemAffinity });
describeSegmentRecipe({ recipe: itemAttributeAffinity });
describeSegmentRecipe({ recipe: userClustering });
