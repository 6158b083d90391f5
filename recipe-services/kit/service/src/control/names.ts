import { invalidArgument } from "@palate/host";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/;
const RECIPE_ARN = /^arn:aws[a-z-]*:personalize:[^:]*:[^:]*:recipe\/(.+)$/;

/** Refuses a resource name that is not letters, digits, "-" and "_", 1 to 63 characters, starting with a letter or digit. */
export function checkName(field: string, name: string): void {
  if (NAME.test(name)) return;
  const message = `"${name}" is not a name; it must be 1 to 63 letters, digits, "-" or "_", starting with a letter or digit`;
  throw invalidArgument(`${field}: ${message}.`, [{ field, message }]);
}

/** A recipe's name, also from Amazon Personalize's ARN form. */
export function recipeName(nameOrArn: string): string {
  return RECIPE_ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
}
