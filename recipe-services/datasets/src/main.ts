import { createLogger, Lifecycle, loadConfig } from "@palate/kit/host";
import { datasetsOptions, startDatasets } from "./index.js";

const config = loadConfig(datasetsOptions, process.env);
const logger = createLogger("datasets", config.logLevel);
const lifecycle = new Lifecycle(logger);
const service = await startDatasets(config, logger);
lifecycle.onStop("datasets service", () => service.close());
lifecycle.started(config.exitWithParent);
