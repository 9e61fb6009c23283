import type { ClaimedDelivery, Settlement } from "../ports/delivery-queue.js";
import type { Telemetry, TelemetryAttributes } from "../ports/telemetry.js";
import type { AttemptWatch } from "../webhooks/attempt-watch.js";

/** Tells of attempts: a span and a count for each, how long it took, and what its delivery came to. */
export function watchAttempts(telemetry: Telemetry): AttemptWatch {
  return {
    attempt: (delivery, make) =>
      telemetry.inSpan("tenon.webhooks.attempt", describeAttempt(delivery), async (span) => {
        const settlement = await make();
        const { outcome, errorType } = judge(settlement);
        span.set({ "tenon.outcome": outcome });
        const status = settlement.attempt?.responseStatus;
        if (status !== undefined) span.set({ "http.response.status_code": status });
        if (errorType !== undefined) span.fail(errorType);
        telemetry.add("tenon.webhooks.attempts", 1, {
          "tenon.outcome": outcome,
          ...(errorType !== undefined && { "error.type": errorType }),
        });
        if (settlement.attempt !== undefined) {
          const seconds = settlement.attempt.durationMs / 1_000;
          telemetry.record("tenon.webhooks.attempt.duration", seconds, { "tenon.outcome": outcome });
        }
        return settlement;
      }),
    settled({ outcome: { kind } }) {
      if (kind === "succeeded" || kind === "exhausted")
        telemetry.add("tenon.webhooks.deliveries.final", 1, { "tenon.outcome": kind });
    },
  };
}

function judge({ attempt, outcome }: Settlement): {
  readonly outcome: "succeeded" | "failed" | "released";
  readonly errorType: string | undefined;
} {
  if (attempt?.succeeded) return { outcome: "succeeded", errorType: undefined };
  if (attempt !== undefined) return { outcome: "failed", errorType: attempt.failureReason };
  // Handed back without a delay: this process is being closed, and nothing is wrong.
  const isFault = outcome.kind === "released" && outcome.delayMs > 0;
  return { outcome: "released", errorType: isFault ? "own_fault" : undefined };
}

/** Of the URL only where it leads: partners put secrets into paths and queries. */
function describeAttempt(delivery: ClaimedDelivery): TelemetryAttributes {
  const url = new URL(delivery.url);
  const scheme = url.protocol.slice(0, -1);
  return {
    "tenon.message.id": delivery.messageId,
    "tenon.delivery.id": delivery.deliveryId,
    "tenon.endpoint.id": delivery.endpointId,
    "tenon.attempt.number": delivery.attemptNumber,
    "http.request.method": "POST",
    "url.scheme": scheme,
    "server.address": url.hostname,
    "server.port": Number(url.port) || (scheme === "http" ? 80 : 443),
  };
}
