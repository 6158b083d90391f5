import { MessageFields } from "./message-fields.js";

/** A .proto file, compiled. */
export interface DescriptorFile {
  /** Its name as others import it: "palate/recipe/v1/resources.proto". */
  readonly name: string;
  /** Its `FileDescriptorProto` in the wire format, byte for byte as the compiler made it. */
  readonly bytes: Buffer;
  /** Names of the files that it imports. */
  readonly imports: readonly string[];
}

// Numbers of fields in google/protobuf/descriptor.proto.
const SET = { file: 1 } as const;
const FILE = { name: 1, package: 2, dependency: 3, message: 4, enum: 5, service: 6, extension: 7 } as const;
const MESSAGE = { name: 1, field: 2, nested: 3, enum: 4, extension: 6, oneof: 8 } as const;
const ENUM = { name: 1, value: 2 } as const;
const SERVICE = { name: 1, method: 2 } as const;
const FIELD = { name: 1, extendee: 2, number: 3 } as const;

/** Finds the compiled .proto files of a set by what they declare. */
export class DescriptorIndex {
  /** By name, in the set's order. */
  readonly #files = new Map<string, DescriptorFile>();
  readonly #symbols = new Map<string, DescriptorFile>();
  /** Full names of messages, each with the files that extend it by the extension's number. */
  readonly #messages = new Map<string, Map<number, DescriptorFile>>();

  /** @param descriptorSet a `google.protobuf.FileDescriptorSet` in the wire format, each file after all that it imports */
  constructor(descriptorSet: Uint8Array) {
    for (const bytes of new MessageFields(descriptorSet).messages(SET.file)) {
      const fields = new MessageFields(bytes);
      const name = fields.text(FILE.name);
      const file = { name, bytes: Buffer.from(bytes), imports: fields.texts(FILE.dependency) };
      this.#files.set(name, file);
      this.#addFile(file, fields);
    }
  }

  /** The file of this name. */
  fileNamed(name: string): DescriptorFile | undefined {
    return this.#files.get(name);
  }

  /** The file that declares a message, field, oneof, enum, value, service, method or extension of this full name. */
  fileDeclaring(symbol: string): DescriptorFile | undefined {
    return this.#symbols.get(symbol);
  }

  /** The file that extends a message by a field of this number. */
  fileExtending(message: string, number: number): DescriptorFile | undefined {
    return this.#messages.get(message)?.get(number);
  }

  /** Numbers of the fields by which files extend a message; undefined when there is no such message. */
  extensionNumbersOf(message: string): number[] | undefined {
    const extensions = this.#messages.get(message);
    return extensions && [...extensions.keys()].sort((a, b) => a - b);
  }

  /** A file and all that it imports, directly or not, each once and before what it imports: the file itself comes first. */
  withImports(file: DescriptorFile): DescriptorFile[] {
    const needed = new Set([file.name]);
    // A set grows while it is walked, and the walk reaches what is added.
    for (const name of needed) for (const imported of this.#files.get(name)!.imports) needed.add(imported);
    return [...this.#files.values()].filter(({ name }) => needed.has(name)).reverse();
  }

  #addFile(file: DescriptorFile, fields: MessageFields): void {
    const scope = fields.text(FILE.package);
    for (const message of fields.messages(FILE.message)) this.#addMessage(file, scope, message);
    for (const each of fields.messages(FILE.enum)) this.#addEnum(file, scope, each);
    for (const extension of fields.messages(FILE.extension)) this.#addExtension(file, scope, extension);
    for (const service of fields.messages(FILE.service)) {
      const { name, fields: parts } = this.#add(file, scope, service);
      for (const method of parts.messages(SERVICE.method)) this.#add(file, name, method);
    }
  }

  #addMessage(file: DescriptorFile, scope: string, message: Uint8Array): void {
    const { name, fields } = this.#add(file, scope, message);
    if (!this.#messages.has(name)) this.#messages.set(name, new Map());
    for (const field of fields.messages(MESSAGE.field)) this.#add(file, name, field);
    for (const oneof of fields.messages(MESSAGE.oneof)) this.#add(file, name, oneof);
    for (const nested of fields.messages(MESSAGE.nested)) this.#addMessage(file, name, nested);
    for (const each of fields.messages(MESSAGE.enum)) this.#addEnum(file, name, each);
    for (const extension of fields.messages(MESSAGE.extension)) this.#addExtension(file, name, extension);
  }

  /** The values of an enum are named beside it, not in it, as in C++. */
  #addEnum(file: DescriptorFile, scope: string, declaration: Uint8Array): void {
    const { fields } = this.#add(file, scope, declaration);
    for (const value of fields.messages(ENUM.value)) this.#add(file, scope, value);
  }

  #addExtension(file: DescriptorFile, scope: string, extension: Uint8Array): void {
    const { fields } = this.#add(file, scope, extension);
    const extended = fields.text(FIELD.extendee).replace(/^\./, "");
    const extensions = this.#messages.get(extended) ?? new Map<number, DescriptorFile>();
    extensions.set(fields.number(FIELD.number), file);
    this.#messages.set(extended, extensions);
  }

  /** Adds a declaration by its full name: the name is field 1 in all kinds of them. */
  #add(file: DescriptorFile, scope: string, declaration: Uint8Array): { name: string; fields: MessageFields } {
    const fields = new MessageFields(declaration);
    const own = fields.text(MESSAGE.name);
    const name = scope === "" ? own : `${scope}.${own}`;
    this.#symbols.set(name, file);
    return { name, fields };
  }
}
