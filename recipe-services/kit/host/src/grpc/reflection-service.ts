import { status, type Server } from "@grpc/grpc-js";
import {
  type ServerReflectionRequest,
  ServerReflectionResponse,
  ServerReflectionService,
  type ErrorResponse,
} from "@palate/proto/reflection";
import { cut } from "../errors/cut.js";
import { invalidArgument } from "../errors/palate-error.js";
import { createLogger } from "../logger.js";
import type { DescriptorFile, DescriptorIndex } from "./descriptor-index.js";
import { handlersFor } from "./grpc-handlers.js";

const V1 = "grpc.reflection.v1.ServerReflection";
/** What clients asked for until 2023, and older ones do today. Its messages are those of v1. */
const V1_ALPHA = "grpc.reflection.v1alpha.ServerReflection";

/** What is served by reflection. */
export interface Reflected {
  /** Full names of the server's services, without those of reflection itself. */
  readonly services: readonly string[];
  /** Gives the descriptors; asked at each request, so that a server whose clients never ask need not have any. */
  readonly descriptors: () => DescriptorIndex;
}

/** Adds gRPC's reflection service, as versions v1 and v1alpha, which tells clients what the server serves. */
export function addReflection(server: Server, { services, descriptors }: Reflected): void {
  const listed = [...services, V1, V1_ALPHA].sort();
  const { bidiStream } = handlersFor(createLogger("reflection", "warn"));
  const serverReflectionInfo = bidiStream(
    "ServerReflectionInfo",
    async function* (requests: AsyncIterable<ServerReflectionRequest>) {
      const conversation = new Conversation(listed, descriptors);
      for await (const request of requests) yield conversation.answer(request);
    },
  );
  const method = ServerReflectionService.serverReflectionInfo;
  server.addService(ServerReflectionService, { serverReflectionInfo });
  server.addService(
    { serverReflectionInfo: { ...method, path: `/${V1_ALPHA}/ServerReflectionInfo` } },
    { serverReflectionInfo },
  );
}

/** The answers to one client over one stream. */
class Conversation {
  readonly #services: readonly string[];
  readonly #descriptors: () => DescriptorIndex;
  /** Files that the client has. */
  readonly #sent = new Set<DescriptorFile>();

  constructor(services: readonly string[], descriptors: () => DescriptorIndex) {
    this.#services = services;
    this.#descriptors = descriptors;
  }

  /** @throws PalateError when the request asks nothing that version 1 of the protocol knows */
  answer(request: ServerReflectionRequest): ServerReflectionResponse {
    return ServerReflectionResponse.create({
      validHost: request.host,
      originalRequest: request,
      ...this.#body(request),
    });
  }

  #body(request: ServerReflectionRequest): Partial<ServerReflectionResponse> {
    if (request.listServices !== undefined)
      return { listServicesResponse: { service: this.#services.map((name) => ({ name })) } };
    const descriptors = this.#descriptors();
    if (request.fileByFilename !== undefined) {
      const name = request.fileByFilename;
      return this.#file(descriptors.fileNamed(name), `file "${cut(name)}"`);
    }
    if (request.fileContainingSymbol !== undefined) {
      const symbol = request.fileContainingSymbol;
      return this.#file(descriptors.fileDeclaring(symbol), `symbol "${cut(symbol)}"`);
    }
    if (request.fileContainingExtension !== undefined) {
      const { containingType, extensionNumber } = request.fileContainingExtension;
      const file = descriptors.fileExtending(containingType, extensionNumber);
      return this.#file(file, `extension of "${cut(containingType)}" with number ${extensionNumber}`);
    }
    if (request.allExtensionNumbersOfType !== undefined) {
      const baseTypeName = request.allExtensionNumbersOfType;
      const extensionNumber = descriptors.extensionNumbersOf(baseTypeName);
      if (extensionNumber === undefined) return missing(`message "${cut(baseTypeName)}"`);
      return { allExtensionNumbersResponse: { baseTypeName, extensionNumber } };
    }
    throw invalidArgument(
      "The request asks nothing; set one of file_by_filename, file_containing_symbol, file_containing_extension, all_extension_numbers_of_type and list_services.",
    );
  }

  /** The file asked for, with what it imports as far as the client does not have it. */
  #file(file: DescriptorFile | undefined, what: string): Partial<ServerReflectionResponse> {
    if (file === undefined) return missing(what);
    const files = this.#descriptors()
      .withImports(file)
      .filter((each) => each === file || !this.#sent.has(each));
    for (const each of files) this.#sent.add(each);
    return { fileDescriptorResponse: { fileDescriptorProto: files.map(({ bytes }) => bytes) } };
  }
}

function missing(what: string): { errorResponse: ErrorResponse } {
  return { errorResponse: { errorCode: status.NOT_FOUND, errorMessage: `There is no ${what}.` } };
}
