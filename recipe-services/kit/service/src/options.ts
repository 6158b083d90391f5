import { encryptionOptions } from "@palate/encryption";
import { choice, grpcServerOptions, integer, mongoOptions, text } from "@palate/host";
import { defaultAddressOf, serviceNamed } from "@palate/host/services";

/**
 * Options of every recipe service.
 * @param defaultPort where it listens unless told otherwise
 */
export function recipeServiceOptions(defaultPort: number) {
  return {
    ...grpcServerOptions(defaultPort),
    ...mongoOptions,
    ...encryptionOptions,
    datasetsAddress: text(
      "PALATE_DATASETS_ADDRESS",
      defaultAddressOf(serviceNamed("datasets")),
      "Address of the datasets service.",
    ),
    tensorBackend: choice(
      "PALATE_TENSOR_BACKEND",
      ["auto", "native", "wasm"],
      "auto",
      "Tensor backend for training; auto takes native where it is installed.",
    ),
    maxTrainings: integer("PALATE_MAX_TRAININGS", 1, 1, 64, "Trainings run at the same time; the rest wait."),
  } as const;
}
