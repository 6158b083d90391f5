import { createLogger, Lifecycle, loadConfig } from "@palate/host";
import { datasetsOptions } from "./config.js";
import { startDatasets } from "./service.js";

const config = loadConfig(datasetsOptions, process.env);
const logger = createLogger("datasets", config.logLevel);
const lifecycle = new Lifecycle(logger);
if (config.exitWithParent) lifecycle.endWithParent();
const service = await startDatasets(config, logger);
lifecycle.onStop("datasets service", () => service.close());
lifecycle.started();
