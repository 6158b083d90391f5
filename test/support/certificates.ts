import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { webcrypto } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Paths of a certificate, its private key and the authority that it comes from. */
export interface IssuedFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** An authority for the certificates of a test. */
export class TestAuthority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #root: x509.X509Certificate;
  #serial = 1;

  private constructor(keys: webcrypto.CryptoKeyPair, root: x509.X509Certificate) {
    this.#keys = keys;
    this.#root = root;
  }

  /** @param name what it calls itself */
  static async create(name: string): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      serialNumber: "01",
      name: `CN=${name}`,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    });
    return new TestAuthority(keys, root);
  }

  /**
   * Writes a new certificate for 127.0.0.1 and localhost, its key and the authority's own certificate into a folder, each file
   * at once.
   * @returns where they lie, and the certificate's serial number in hexadecimal
   */
  async issue(folder: string, name = "own"): Promise<IssuedFiles & { readonly serial: string }> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const serial = `0${++this.#serial}`.slice(-2);
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      serialNumber: serial,
      subject: `CN=${name}`,
      issuer: this.#root.subject,
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          { type: "ip", value: "127.0.0.1" },
          { type: "dns", value: "localhost" },
        ]),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`), ca: join(folder, "ca.crt") };
    await replace(files.key, x509.PemConverter.encode(pkcs8, "PRIVATE KEY"));
    await replace(files.cert, certificate.toString("pem"));
    await replace(files.ca, this.#root.toString("pem"));
    return { ...files, serial };
  }
}

function validity() {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 30 * 24 * 3_600_000) };
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
