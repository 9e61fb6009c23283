import type { Readiness } from "../../health/readiness.js";
import type { HttpReply } from "../exchange.js";

/** The reply of a liveness probe: this process serves requests. */
export function healthReply(): HttpReply {
  return jsonReply(200, { status: "ok" });
}

/** The reply of a readiness probe: 200, or 503 when a check isn't well, with each check and its reason. */
export function readinessReply({ ok, checks }: Readiness): HttpReply {
  return jsonReply(ok ? 200 : 503, { status: ok ? "ok" : "unavailable", checks });
}

function jsonReply(status: number, body: unknown): HttpReply {
  return {
    status,
    // A probe that is answered from a cache proves nothing.
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
