import { credentials, experimental, ServerCredentials, type ChannelCredentials } from "@grpc/grpc-js";
import type { ServiceTlsConfig } from "../config/tls-options.js";
import { invalidArgument } from "../errors/palate-error.js";
import type { Logger } from "../logger.js";
import { CertificateFiles, type Certificates } from "./certificate-files.js";

/** How a process secures its gRPC connections. */
export interface ServiceTls {
  /** For servers; refuses clients without a certificate, unless told otherwise. */
  readonly server: ServerCredentials;
  /** For clients. */
  readonly client: ChannelCredentials;
  /** Stops watching for renewed certificates. */
  close(): void;
}

/**
 * Reads the certificates for gRPC; without any, connections are plain. Certificates that are renewed count for new connections
 * at once, on both sides.
 * @throws PalateError `invalid_argument` when a file is missing or cannot be used
 */
export function openServiceTls(config: ServiceTlsConfig, logger: Logger): ServiceTls {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile, tlsCaFile: caFile } = config;
  if (certFile === "" && keyFile === "" && caFile === "") {
    return { server: ServerCredentials.createInsecure(), client: credentials.createInsecure(), close: () => {} };
  }
  if (certFile === "" || keyFile === "" || caFile === "") {
    throw invalidArgument(
      "TLS between services needs PALATE_TLS_CERT_FILE, PALATE_TLS_KEY_FILE and PALATE_TLS_CA_FILE; one or two are not set.",
    );
  }
  const files = new CertificateFiles({ certFile, keyFile, caFile }, logger, config.tlsReloadSeconds * 1_000);
  const provider = new Provider(files);
  return {
    server: experimental.createCertificateProviderServerCredentials(
      provider,
      provider,
      config.tlsClients === "certificate",
    ),
    client: experimental.createCertificateProviderChannelCredentials(provider, provider),
    close: () => files.close(),
  };
}

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/** Tells the library of certificates and of others that take their place. */
class Provider implements experimental.CertificateProvider {
  readonly #files: CertificateFiles;
  readonly #tellers = new Map<unknown, (certificates: Certificates) => void>();

  constructor(files: CertificateFiles) {
    this.#files = files;
  }

  addCaCertificateListener(listener: CaListener): void {
    this.#add(listener, ({ ca }) => listener({ caCertificate: ca! }));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#remove(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#add(listener, ({ cert, key }) => listener({ certificate: cert!, privateKey: key! }));
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#remove(listener);
  }

  #add(listener: unknown, tell: (certificates: Certificates) => void): void {
    this.#tellers.set(listener, tell);
    this.#files.onChange(tell);
    process.nextTick(() => this.#tellers.has(listener) && tell(this.#files.current));
  }

  #remove(listener: unknown): void {
    const tell = this.#tellers.get(listener);
    if (tell) this.#files.offChange(tell);
    this.#tellers.delete(listener);
  }
}
