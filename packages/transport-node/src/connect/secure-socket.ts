import type { Socket } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { buildConnector } from "undici";
import { codeOf, TransportFailure } from "../transport-failure.js";

/** Whom TLS connections believe; with no authorities of the host's own, what Node ships with. */
export interface TrustOptions {
  readonly rejectUnauthorized: true;
  readonly secureContext?: SecureContext;
}

/** Made once: reading a hundred and fifty certificates for each connection would be slow. */
export function createTrust(certificateAuthorities: readonly string[]): TrustOptions {
  // Written out, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment can't switch it off.
  if (certificateAuthorities.length === 0) return { rejectUnauthorized: true };
  const ca = [...rootCertificates, ...certificateAuthorities];
  return { rejectUnauthorized: true, secureContext: createSecureContext({ ca }) };
}

/**
 * Starts TLS on a connected socket and checks the certificate against the host name.
 * @throws {TransportFailure} `tls`.
 */
export type SecureSocket = (target: buildConnector.Options, socket: Socket) => Promise<Socket>;

export function createSecureSocket(trust: TrustOptions): SecureSocket {
  const startTls = buildConnector({ timeout: 0, ...trust });
  return (target, socket) =>
    new Promise((resolve, reject) => {
      startTls({ ...target, httpSocket: socket }, (error, secureSocket) => {
        if (error === null) return resolve(secureSocket);
        // Only the code: the text of a certificate error quotes what the receiver wrote into its certificate.
        const code = codeOf(error);
        const reason = code === "" ? "" : ` (${code})`;
        reject(new TransportFailure("tls", `no secure connection to ${target.hostname}${reason}`));
      });
    });
}
