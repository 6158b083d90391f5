import { createFileRegistry, fromBinary, type DescMethod } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { readDescriptorSet } from "@palate/proto/descriptors";

/** A method and where it is asked. */
export interface Method {
  /** As gRPC has it: "/palate.dataset.v1.DatasetService/PutEvents". */
  readonly path: string;
  readonly descriptor: DescMethod;
  /** The process that serves it. */
  readonly service: "datasets" | "popularity";
}

/** Every method of every service of the contracts. */
export function allMethods(): Method[] {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readDescriptorSet()));
  return [...registry]
    .flatMap((each) => (each.kind === "service" && each.typeName.startsWith("palate.") ? [each] : []))
    .flatMap(({ typeName, methods }) =>
      methods.map((descriptor): Method => {
        const service = typeName.startsWith("palate.recipe.") ? "popularity" : "datasets";
        return { path: `/${typeName}/${descriptor.name}`, descriptor, service };
      }),
    );
}
