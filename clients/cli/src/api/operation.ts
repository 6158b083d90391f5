/** A GraphQL operation of the public API, with the types of what it answers and what it takes. */
export interface Operation<Data, Variables> {
  readonly document: string;
  /** Only for the compiler: what goes in and what comes out. */
  readonly types?: (variables: Variables) => Data;
}

/** What an operation answers. */
export type DataOf<Asked> = Asked extends Operation<infer Data, infer _> ? Data : never;

/** Something wrong with a mutation's input, which the caller can put right. */
export interface UserError {
  readonly field: string | null;
  readonly message: string;
  readonly code: string;
}

/** What a mutation answers. */
export type Payload<Name extends string, Result> = Readonly<
  Record<Name, Result & { userErrors: readonly UserError[] }>
>;

/** Names an operation's types. */
export function operation<Data, Variables = Record<string, never>>(document: string): Operation<Data, Variables> {
  return { document };
}

/** What every mutation selects of its user errors. */
export const USER_ERRORS = "userErrors { field message code }";
