import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { ProxySettings } from "../config/proxy-config.js";
import { codeOf, TransportFailure } from "../transport-failure.js";
import type { TrustOptions } from "./secure-socket.js";

export interface TunnelOptions {
  readonly proxy: ProxySettings;
  readonly trust: TrustOptions;
  readonly signal: AbortSignal;
  /** Told of the connection to the proxy as soon as there is one. */
  readonly track: (socket: Socket) => void;
}

const MAX_HEADER_BYTES = 16_384;

/**
 * Opens a tunnel through the proxy to `target`. What the proxy connects to in truth can't be seen from here.
 * @param target host and port, an IPv6 address in brackets.
 * @throws {TransportFailure} `connect`; the message names neither the proxy nor what it said.
 */
export function openTunnel(target: string, { proxy, trust, signal, track }: TunnelOptions): Promise<Socket> {
  const { protocol, hostname, port } = proxy.url;
  const isTls = protocol === "https:";
  const options: RequestOptions = {
    method: "CONNECT",
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port || (isTls ? 443 : 80),
    path: target,
    headers: {
      host: target,
      ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
    },
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
  };
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new TransportFailure("connect", what));
    const request = isTls ? httpsRequest({ ...options, ...trust }) : httpRequest(options);
    request.on("socket", track);
    request.on("error", (error) => {
      const code = codeOf(error);
      fail(`the proxy could not be reached${code === "" ? "" : ` (${code})`}`);
    });
    // Anything but a switch to the tunnel: an answer that isn't one.
    request.on("response", (response) => {
      response.destroy();
      fail("the proxy opened no tunnel");
    });
    request.on("connect", ({ statusCode = 0 }, socket: Socket, head) => {
      // A receiver never speaks first, neither in TLS nor in HTTP: these bytes are the proxy's own.
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) return resolve(socket);
      socket.destroy();
      fail(`the proxy opened no tunnel (status ${statusCode})`);
    });
    request.end();
  });
}
