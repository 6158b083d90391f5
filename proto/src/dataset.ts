/** `palate.dataset.v1`: the contract of the service that owns a tenant's data. */
export * from "./generated/palate/dataset/v1/action.js";
export * from "./generated/palate/dataset/v1/analysis.js";
export * from "./generated/palate/dataset/v1/api_key.js";
export * from "./generated/palate/dataset/v1/audit.js";
export * from "./generated/palate/dataset/v1/change.js";
export * from "./generated/palate/dataset/v1/dataset_service.js";
export * from "./generated/palate/dataset/v1/deletion.js";
export * from "./generated/palate/dataset/v1/event_stream.js";
export * from "./generated/palate/dataset/v1/export.js";
export * from "./generated/palate/dataset/v1/mapping.js";
export * from "./generated/palate/dataset/v1/personal_data.js";
export * from "./generated/palate/dataset/v1/resources.js";
export * from "./generated/palate/dataset/v1/filter.js";
export * from "./generated/palate/dataset/v1/mapping.js";
