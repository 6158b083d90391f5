/** Runs all of Palate on one machine: MongoDB and every service, each in a process of its own. */
export { Supervisor, type SupervisorEvent, type SupervisorOptions } from "./supervisor.js";
export { SERVICES, type ServiceEntry } from "./services.js";
