import type { HttpRequest } from "@tenon/core/ports";
import { onTestFinished } from "vitest";
import type { NodeTransportConfig } from "../src/config/transport-config.js";
import type { ConnectorEffects } from "../src/connect/guarded-connector.js";
import { createTransport, type NodeTransport } from "../src/node-transport.js";
import { certificate } from "./servers.js";

/** A transport that is closed when the test ends. */
export function openTransport(config: NodeTransportConfig, effects?: ConnectorEffects): NodeTransport {
  const transport = createTransport(config, effects);
  onTestFinished(() => transport.close());
  return transport;
}

export const LOOPBACK: NodeTransportConfig = { development: { loopback: true } };
/** Loopback opened, and the test servers' certificate believed. */
export const TRUSTING: NodeTransportConfig = { ...LOOPBACK, certificateAuthorities: [certificate] };

/** A signed-webhook-like request; the time limit is one no test is meant to reach. */
export function post(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    body: '{"type":"post.published"}',
    timeoutMs: 10_000,
    maxResponseBytes: 65_536,
    ...changes,
  };
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
