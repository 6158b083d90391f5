// Command reflect asks gRPC servers by reflection what they serve, as Go's own libraries understand it, and whether they
// are healthy. It takes addresses and writes one JSON object, in which each has a description or an error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// description is what one server says of itself.
type description struct {
	Health string `json:"health"`
	// Methods of every service, by the service's full name.
	Services map[string][]string `json:"services"`
	// Full names of all messages in the files that declare the services, or that those import.
	Messages []string `json:"messages"`
	// Those of services, methods, messages and fields that have no comment.
	Uncommented []string `json:"uncommented"`
	Error       string   `json:"error,omitempty"`
}

func main() {
	answers := map[string]*description{}
	for _, address := range os.Args[1:] {
		answers[address] = &description{Services: map[string][]string{}, Messages: []string{}, Uncommented: []string{}}
		if err := answers[address].ask(address); err != nil {
			answers[address].Error = err.Error()
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

func (d *description) ask(address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	health, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return err
	}
	d.Health = health.Status.String()
	stream, err := grpc_reflection_v1.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		return err
	}
	names, err := list(stream)
	if err != nil {
		return err
	}
	files, err := filesOf(stream, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := d.addService(files, name); err != nil {
			return err
		}
	}
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		d.addMessages(file.Messages())
		return true
	})
	return nil
}

type stream = grpc_reflection_v1.ServerReflection_ServerReflectionInfoClient

func converse(s stream, request *grpc_reflection_v1.ServerReflectionRequest) (*grpc_reflection_v1.ServerReflectionResponse, error) {
	if err := s.Send(request); err != nil {
		return nil, err
	}
	answer, err := s.Recv()
	if err != nil {
		return nil, err
	}
	if refusal := answer.GetErrorResponse(); refusal != nil {
		return nil, errors.New(refusal.ErrorMessage)
	}
	return answer, nil
}

func list(s stream) ([]string, error) {
	answer, err := converse(s, &grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
	})
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	return names, nil
}

// filesOf gets the files that declare the services, and checks them as Go checks its own: here maps used to be refused.
func filesOf(s stream, services []string) (*protoregistry.Files, error) {
	set := &descriptorpb.FileDescriptorSet{}
	received := map[string]bool{}
	for _, name := range services {
		answer, err := converse(s, &grpc_reflection_v1.ServerReflectionRequest{
			MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: name},
		})
		if err != nil {
			return nil, err
		}
		for _, bytes := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
			file := &descriptorpb.FileDescriptorProto{}
			if err := proto.Unmarshal(bytes, file); err != nil {
				return nil, err
			}
			if !received[file.GetName()] {
				set.File = append(set.File, file)
			}
			received[file.GetName()] = true
		}
	}
	return protodesc.NewFiles(set)
}

func (d *description) addService(files *protoregistry.Files, name string) error {
	found, err := files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return err
	}
	service := found.(protoreflect.ServiceDescriptor)
	d.needComment(service)
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		d.needComment(method)
		d.Services[name] = append(d.Services[name], string(method.Name()))
	}
	return nil
}

func (d *description) addMessages(messages protoreflect.MessageDescriptors) {
	for i := range messages.Len() {
		message := messages.Get(i)
		if message.IsMapEntry() {
			continue
		}
		d.Messages = append(d.Messages, string(message.FullName()))
		d.needComment(message)
		for j := range message.Fields().Len() {
			d.needComment(message.Fields().Get(j))
		}
		d.addMessages(message.Messages())
	}
}

func (d *description) needComment(declared protoreflect.Descriptor) {
	if declared.ParentFile().SourceLocations().ByDescriptor(declared).LeadingComments == "" {
		d.Uncommented = append(d.Uncommented, string(declared.FullName()))
	}
}
