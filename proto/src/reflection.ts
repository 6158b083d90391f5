/** `grpc.reflection.v1`: how a server tells what it serves. */
export * from "./generated/grpc/reflection/v1/reflection.js";
