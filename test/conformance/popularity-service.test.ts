import { describeRecipeService } from "./service-suite.js";

describeRecipeService({ service: "popularity", recipe: "aws-popularity-count", followsUser: false });
