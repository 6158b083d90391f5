import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Nobody else's to read. */
const ONLY_ME = 0o600;

type Environment = Readonly<Record<string, string | undefined>>;

/** What services need to ask callers who they are, beyond what the environment gives them. */
export interface IdentitySettings {
  /** Variables for every service. */
  readonly env: Readonly<Record<string, string>>;
  /** File with the operator's key; undefined where nobody is asked. */
  readonly adminKeyFile: string | undefined;
}

/**
 * Makes what services need where PALATE_IDENTITIES is on: a secret that they know one another by, new at each start, and the operator's
 * key, which stays in the data folder.
 */
export function identitySettings(env: Environment, dataFolder: string): IdentitySettings {
  if (env.PALATE_IDENTITIES !== "on") return { env: {}, adminKeyFile: undefined };
  const given = env.PALATE_IDENTITY_SECRET || env.PALATE_IDENTITY_SECRET_FILE;
  const adminKeyFile = env.PALATE_ADMIN_KEY_FILE || keyFileIn(dataFolder);
  return {
    env: {
      ...(!given && { PALATE_IDENTITY_SECRET: randomBytes(32).toString("base64url") }),
      PALATE_ADMIN_KEY_FILE: adminKeyFile,
    },
    adminKeyFile,
  };
}

/** The key in a file of the operator's; undefined without a file. */
export function adminKeyIn(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8").trim();
}

function keyFileIn(dataFolder: string): string {
  const file = path.join(dataFolder, "admin-key");
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: ONLY_ME });
  return file;
}
