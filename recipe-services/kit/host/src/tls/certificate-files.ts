import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { invalidArgument } from "../errors/palate-error.js";
import type { Logger } from "../logger.js";

/** Milliseconds before its end from which a certificate is warned of. */
const WARN_MS = 7 * 24 * 3_600_000;

/** Where a process's certificates lie, all in PEM. */
export interface CertificatePaths {
  /** The process's own certificate, with those that lead to the authority behind it. */
  readonly certFile?: string | undefined;
  /** That certificate's private key, not encrypted. */
  readonly keyFile?: string | undefined;
  /** The authorities that others' certificates must come from. */
  readonly caFile?: string | undefined;
}

/** What the files held when they were last right. */
export interface Certificates {
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly ca?: Buffer;
}

/**
 * Certificates that are renewed in place. A pair that does not fit together, as there is one while files are being replaced,
 * is not taken: what was there before goes on.
 */
export class CertificateFiles {
  readonly #paths: CertificatePaths;
  readonly #logger: Logger;
  readonly #listeners = new Set<(certificates: Certificates) => void>();
  readonly #timer: NodeJS.Timeout;
  #current: Certificates;
  #refused = "";

  /**
   * @param everyMs how often the files are looked at
   * @throws PalateError `invalid_argument` naming the file that cannot be used and why
   */
  constructor(paths: CertificatePaths, logger: Logger, everyMs: number) {
    this.#paths = paths;
    this.#logger = logger;
    this.#current = read(paths);
    this.#warnOfEnd();
    this.#timer = setInterval(() => this.#look(), everyMs);
    this.#timer.unref();
  }

  /** What is used now. */
  get current(): Certificates {
    return this.#current;
  }

  /** Calls back whenever there are others. */
  onChange(listener: (certificates: Certificates) => void): void {
    this.#listeners.add(listener);
  }

  /** Stops calling back. */
  offChange(listener: (certificates: Certificates) => void): void {
    this.#listeners.delete(listener);
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #look(): void {
    try {
      const found = read(this.#paths);
      this.#refused = "";
      if (isSame(found, this.#current)) return;
      this.#current = found;
      this.#logger.info({ file: this.#paths.certFile ?? this.#paths.caFile }, "certificates were renewed");
      this.#warnOfEnd();
      for (const listener of this.#listeners) listener(found);
    } catch (thrown) {
      const { message } = thrown as Error;
      if (message !== this.#refused) this.#logger.warn(`certificates are not renewed: ${message}`);
      this.#refused = message;
    }
  }

  #warnOfEnd(): void {
    const { cert } = this.#current;
    if (cert === undefined) return;
    const { validTo } = new X509Certificate(cert);
    if (Date.parse(validTo) - Date.now() > WARN_MS) return;
    this.#logger.warn({ file: this.#paths.certFile, validTo }, "the certificate ends soon or has ended; renew it");
  }
}

function isSame(a: Certificates, b: Certificates): boolean {
  return (["cert", "key", "ca"] as const).every((name) => a[name] === b[name] || a[name]?.equals(b[name]!) === true);
}

function read({ certFile, keyFile, caFile }: CertificatePaths): Certificates {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw invalidArgument("A certificate and its private key are given together; one of the two files is not named.");
  }
  const cert = contents(certFile);
  const key = contents(keyFile);
  const ca = contents(caFile);
  if (ca !== undefined) parsed(caFile!, "certificate", () => new X509Certificate(ca));
  if (cert !== undefined && key !== undefined) {
    const own = parsed(certFile!, "certificate", () => new X509Certificate(cert));
    const secret = parsed(keyFile!, "private key", () => createPrivateKey(key));
    if (!own.checkPrivateKey(secret)) {
      throw invalidArgument(`"${keyFile}" is not the private key of the certificate in "${certFile}".`);
    }
  }
  return { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) };
}

function contents(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw invalidArgument(`"${file}" cannot be read: ${(thrown as Error).message}.`);
  }
}

function parsed<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw invalidArgument(`"${file}" holds no ${what} in PEM that can be read without a password.`);
  }
}
