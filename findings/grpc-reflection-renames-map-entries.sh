#!/usr/bin/env bash
# @grpc/reflection 1.0.4 (with @grpc/proto-loader 0.8.1, protobufjs underneath) serves descriptors in which the hidden message of
# a map field has another name than the compiler gave it: "Labels" instead of "LabelsEntry". Go's protobuf runtime
# (google.golang.org/protobuf 1.36.11) checks that name, so every Go client of reflection, grpcurl among them, refuses the whole
# file as soon as one message in it has a map. JavaScript's and Python's clients do not check and never notice.
#
# One would guess that reflection passes on the descriptors as they are. It rebuilds them from protobufjs's own model, which keeps a
# map as a field of its own kind and makes up the entry message again.
#
# Version and output seen:
#   @grpc/reflection 1.0.4, @grpc/proto-loader 0.8.1, google.golang.org/protobuf v1.36.11, node v20.20.2, go1.26.8
#   nested type of message Item, as served: Labels
#   Go: message field "demo.Item.labels" is an invalid map: incorrect implicit map entry name
#
# Needs node, npm and go. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat >demo.proto <<'PROTO'
syntax = "proto3";
package demo;
message Item { map<string, string> labels = 1; }
service Items { rpc Get(Item) returns (Item); }
PROTO
cat >package.json <<'JSON'
{ "private": true, "type": "commonjs" }
JSON
npm install --silent --no-audit --no-fund --save-exact @grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1 @grpc/reflection@1.0.4 protobufjs@7.5.4

cat >ask.js <<'JS'
// Serves demo.proto with reflection, asks for the file that has demo.Items, and writes what came: a FileDescriptorProto.
const fs = require("node:fs");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const { ReflectionService } = require("@grpc/reflection");
const descriptor = require("protobufjs/ext/descriptor");

const definition = loader.loadSync("demo.proto", { keepCase: true });
const server = new grpc.Server();
new ReflectionService(definition).addToServer(server);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const proto = path.join(path.dirname(require.resolve("@grpc/reflection/package.json")), "build/proto/grpc/reflection/v1/reflection.proto");
  const { ServerReflection } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true })).grpc.reflection.v1;
  const client = new ServerReflection(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const call = client.ServerReflectionInfo();
  call.on("data", ({ file_descriptor_response: { file_descriptor_proto: files } }) => {
    fs.writeFileSync("served.binpb", files[0]);
    const [item] = descriptor.FileDescriptorProto.decode(files[0]).messageType;
    console.log(`nested type of message ${item.name}, as served: ${item.nestedType.map(({ name }) => name).join(", ")}`);
    call.end();
  });
  call.on("end", () => {
    client.close();
    server.forceShutdown();
  });
  call.write({ file_containing_symbol: "demo.Items" });
});
JS

mkdir go && cat >go/main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	bytes, err := os.ReadFile("../served.binpb")
	if err != nil {
		panic(err)
	}
	file := &descriptorpb.FileDescriptorProto{}
	if err := proto.Unmarshal(bytes, file); err != nil {
		panic(err)
	}
	_, err = protodesc.NewFile(file, protoregistry.GlobalFiles)
	fmt.Println("Go:", err)
}
GO
export GOFLAGS=-mod=mod GOMODCACHE="$work/modules" GOCACHE="$work/build"
(cd go && go mod init demo && go get google.golang.org/protobuf@v1.36.11) >go.log 2>&1 || { cat go.log; exit 1; }

seen=$(node ask.js && cd go && go run .)
echo "$seen"
# Go's error has one space or one that does not break after "proto:", by chance; what follows is always the same.
grep -q '^nested type of message Item, as served: Labels$' <<<"$seen"
grep -q 'message field "demo.Item.labels" is an invalid map: incorrect implicit map entry name' <<<"$seen"
