import { createLogger, Lifecycle, loadConfig, startTelemetry } from "@palate/host";
import { datasetsOptions } from "./config.js";
import { startDatasets } from "./service.js";

const config = loadConfig(datasetsOptions, process.env);
const logger = createLogger("datasets", config.logLevel);
const lifecycle = new Lifecycle(logger);
if (config.exitWithParent) lifecycle.endWithParent();
const telemetry = await startTelemetry("datasets", config, logger);
lifecycle.onStop("telemetry", () => telemetry.close());
const service = await startDatasets(config, logger);
lifecycle.onStop("datasets service", () => service.close());
lifecycle.started();
