import type { SignatureProfile } from "@tenon/verify-webhook";
import { createPublicId } from "../encoding/public-id.js";
import { isTenonError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { ClaimedDelivery, Settlement, SettlementOutcome } from "../ports/delivery-queue.js";
import type { AttemptRecord } from "../ports/delivery-store.js";
import type { HttpResult, HttpTransport } from "../ports/http.js";
import type { Logger } from "../ports/logger.js";
import type { Random } from "../ports/random.js";
import { type AttemptVerdict, classifyResponse } from "./classify-response.js";
import { MAX_RESPONSE_BYTES, MOST_UNASKED_PAUSE_MS, OWN_FAULT_DELAY_MS } from "./defaults.js";
import { describeFailure } from "./describe-failure.js";
import type { SecretOpener } from "./opened-secrets.js";
import { redactHeaders } from "./redact-headers.js";
import { nextDelayMs, type RetrySchedule } from "./retry-schedule.js";
import { signedHeaders } from "./sign-request.js";

export interface AttemptConfig {
  readonly transport: HttpTransport;
  readonly secrets: SecretOpener;
  readonly retrySchedule: RetrySchedule;
  readonly signatureProfiles: readonly SignatureProfile[];
  /** For endpoints without a time limit of their own. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly logger: Logger;
}

/**
 * Makes one attempt and says how the delivery is to be settled. A fault of ours (a vault key missing, say, or a
 * transport being closed) hands the delivery back without using up an attempt. It never rejects.
 */
export async function attemptDelivery(delivery: ClaimedDelivery, config: AttemptConfig): Promise<Settlement> {
  const { transport, timeoutMs, clock, crypto, logger } = config;
  const startedAt = clock.now();
  try {
    const body = new TextEncoder().encode(delivery.payload);
    const secrets = await config.secrets.openSecrets(delivery);
    const ownHeaders = await config.secrets.openHeaders(delivery);
    const result = await transport.request({
      method: "POST",
      url: delivery.url,
      headers: {
        ...ownHeaders,
        ...signedHeaders({
          messageId: delivery.messageId,
          timestamp: startedAt,
          body,
          secrets,
          profiles: config.signatureProfiles,
          crypto,
        }),
        "user-agent": "Tenon-Webhooks",
      },
      body,
      timeoutMs: delivery.timeoutMs ?? timeoutMs,
      maxResponseBytes: MAX_RESPONSE_BYTES,
    });
    if (!result.ok && result.failure === "aborted")
      return settlement(delivery, { kind: "released", delayMs: 0 });
    const verdict = classifyResponse(result, clock.now());
    return {
      attempt: describeAttempt(delivery, { startedAt, result, verdict }, config),
      ...settlement(delivery, decideOutcome(delivery, verdict, config)),
    };
  } catch (error) {
    logger.error(
      { err: error, deliveryId: delivery.deliveryId, endpointId: delivery.endpointId, code: codeOf(error) },
      "a delivery could not be attempted; it is tried again without using up an attempt",
    );
    return settlement(delivery, { kind: "released", delayMs: OWN_FAULT_DELAY_MS });
  }
}

function settlement(
  { tenantId, deliveryId, messageId, leaseToken }: ClaimedDelivery,
  outcome: SettlementOutcome,
): Settlement {
  return { tenantId, deliveryId, messageId, leaseToken, outcome };
}

function decideOutcome(
  delivery: ClaimedDelivery,
  verdict: AttemptVerdict,
  { retrySchedule, random }: AttemptConfig,
): SettlementOutcome {
  if (verdict.succeeded) return { kind: "succeeded" };
  const { failureReason, isOverloaded = false, retryAfterMs } = verdict;
  if (failureReason === "gone") return { kind: "exhausted", failureReason };
  const schedule = delivery.retrySchedule ?? retrySchedule;
  const delayMs = nextDelayMs(
    schedule,
    delivery.attemptNumber - delivery.attemptsBefore,
    randomShare(random),
  );
  const unaskedPauseMs = isOverloaded ? Math.min(delayMs ?? 0, MOST_UNASKED_PAUSE_MS) : 0;
  const pauseMs = retryAfterMs ?? unaskedPauseMs;
  const pause = pauseMs > 0 ? { pauseMs } : {};
  if (delayMs === undefined) return { kind: "exhausted", failureReason, ...pause };
  return { kind: "retry", delayMs: Math.max(delayMs, pauseMs), ...pause };
}

function randomShare(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2);
  return (high * 256 + low) / 65_536;
}

function describeAttempt(
  delivery: ClaimedDelivery,
  made: { readonly startedAt: Date; readonly result: HttpResult; readonly verdict: AttemptVerdict },
  { clock, random }: AttemptConfig,
): AttemptRecord {
  const { startedAt, result, verdict } = made;
  return {
    tenantId: delivery.tenantId,
    id: createPublicId("att", { clock, random }),
    deliveryId: delivery.deliveryId,
    endpointId: delivery.endpointId,
    attemptNumber: delivery.attemptNumber,
    startedAt,
    durationMs: Math.max(0, clock.now().getTime() - startedAt.getTime()),
    succeeded: verdict.succeeded,
    failureReason: verdict.succeeded ? undefined : verdict.failureReason,
    error: result.ok ? undefined : describeFailure(result.message),
    responseStatus: result.ok ? result.status : undefined,
    responseHeaders: result.ok ? redactHeaders(result.headers) : undefined,
    responseBody: result.ok ? toText(result.body) : undefined,
  };
}

/** Text that every storage can keep: PostgreSQL refuses NUL. */
function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll("\u0000", "\uFFFD");
}

function codeOf(error: unknown): string | undefined {
  return isTenonError(error) ? error.code : undefined;
}
