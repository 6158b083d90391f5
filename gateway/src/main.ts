import "reflect-metadata";
import { createLogger, Lifecycle, loadConfig, startTelemetry } from "@palate/host";
import { gatewayOptions } from "./config.js";
import { startGateway } from "./gateway.js";

const config = loadConfig(gatewayOptions, process.env);
const logger = createLogger("gateway", config.logLevel);
const lifecycle = new Lifecycle(logger);
if (config.exitWithParent) lifecycle.endWithParent();
const telemetry = await startTelemetry("gateway", config, logger);
lifecycle.onStop("telemetry", () => telemetry.close());

const gateway = await startGateway(config, logger);
lifecycle.onStop("gateway", () => gateway.close());
lifecycle.started();
