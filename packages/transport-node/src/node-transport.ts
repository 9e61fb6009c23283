import type { HttpResult, HttpTransport } from "@tenon/core/ports";
import { Agent } from "undici";
import { assertRequest } from "./check-request.js";
import { readTransportConfig } from "./config/read-transport-config.js";
import type { NodeTransportConfig } from "./config/transport-config.js";
import { type ConnectorEffects, createGuardedConnector } from "./connect/guarded-connector.js";
import { type Exchange, startExchange } from "./exchange.js";
import { failed } from "./transport-failure.js";
import { checkUrl, judgeUrl } from "./url-policy.js";

const MAX_RESPONSE_HEADER_BYTES = 16_384;
/** A receiver may ask for longer or shorter; this bounds what it can make us keep. */
const LONGEST_IDLE_MS = 60_000;

/** The transport, always with its `close`. */
export type NodeTransport = Required<HttpTransport>;

/**
 * Creates the HTTP transport for URLs that partners chose: only https, to public addresses, on port 443 or 1024 to
 * 65535, unless an option opens more. Names are resolved once per connection, and every answer is vetted and pinned;
 * redirects are never followed; a body is cut at its maximum, counted after inflation. It opens no connection until
 * the first request, and reads nothing from the environment.
 *
 * @throws {ConfigError} naming every option that is unknown or has a value it can't have.
 * @example
 * ```ts
 * const transport = nodeTransport();
 * transport.check("https://10.0.0.1/hook"); // { ok: false, reason: … }
 * await transport.close();
 * ```
 */
export function nodeTransport(config: NodeTransportConfig = {}): NodeTransport {
  return createTransport(config);
}

/** `nodeTransport` with its reach outside the process replaceable. */
export function createTransport(config: NodeTransportConfig, effects?: ConnectorEffects): NodeTransport {
  const settings = readTransportConfig(config);
  const { policy } = settings;
  const connector = createGuardedConnector(settings, effects);
  const agent = new Agent({
    connect: connector.connect,
    maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    keepAliveMaxTimeout: LONGEST_IDLE_MS,
  });
  const running = new Set<Exchange>();
  let closing: Promise<void> | undefined;

  return {
    check: (url) => checkUrl(url, policy),
    async request(request): Promise<HttpResult> {
      assertRequest(request);
      const verdict = judgeUrl(request.url, policy);
      if (!verdict.ok) return failed("blocked", verdict.reason);
      if (closing !== undefined) return failed("aborted", "the transport is closed");
      if (request.signal?.aborted === true) return failed("aborted", "the request was aborted");
      const exchange = startExchange(agent, connector, verdict.url, request);
      running.add(exchange);
      try {
        return await exchange.result;
      } finally {
        running.delete(exchange);
      }
    },
    close() {
      closing ??= (async () => {
        for (const exchange of running) exchange.abort("the transport was closed");
        connector.destroyAll();
        await agent.destroy();
      })();
      return closing;
    },
  };
}
