import { type CheckProfilesResult, checkWebhook, type WebhookHeaders } from "@tenon/verify-webhook";
import { ConfigError } from "../../errors/tenon-error.js";
import type { HttpReply } from "../exchange.js";
import { problemReply } from "../replies/problem.js";
import { checkReceiverOptions } from "./check-receiver-options.js";
import { handleOnce } from "./handle-once.js";
import { applySchema, findOwn, isId, readType } from "./read-event.js";
import type {
  EventHandler,
  EventSchemas,
  WebhookReceiverOptions,
  WebhookRefusal,
} from "./receiver-options.js";

/** The body as an adapter could get it: its bytes, or why there are none. */
export type RawBody =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "too_large" }
  /** Something parsed the body before us, and its bytes are gone. `advice` says how to mount the receiver. */
  | { readonly kind: "consumed"; readonly advice: string };

export interface WebhookReceiver<Request> {
  readonly maxBodyBytes: number;
  receive(
    request: Request,
    incoming: { readonly headers: WebhookHeaders; readonly body: RawBody },
  ): Promise<HttpReply>;
}

const ACCEPTED: HttpReply = { status: 204, headers: {} };

/**
 * Makes the receiving end of webhooks: verifies the raw body, hands the event to its handler, and answers. It remembers
 * ids only through `seen`: without it, an event that arrives twice is handed on twice.
 * @throws {ConfigError} for options that break a rule, a secret that is none among them.
 */
export function createWebhookReceiver<
  Request,
  Events extends EventSchemas = EventSchemas,
  Transaction = undefined,
>(options: WebhookReceiverOptions<Request, Events, Transaction>): WebhookReceiver<Request> {
  const { maxBodyBytes, profiles } = checkReceiverOptions(options);
  const { secrets, parse, toleranceSeconds, events, onEvent, onRefused, idOf, typeOf = readType } = options;
  // Each handler takes what the schema of its own type makes, which `applySchema` sees to.
  const on = options.on as Readonly<Record<string, EventHandler<Request, unknown, Transaction>>> | undefined;

  const verify = async (request: Request, headers: WebhookHeaders, body: Uint8Array) =>
    checkWebhook(body, headers, typeof secrets === "function" ? await secrets(request) : secrets, {
      profiles,
      ...(parse === undefined ? {} : { parse }),
      // Given, it refuses formats that sign no time; left out, those pass.
      ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
    });

  async function refuse(refusal: WebhookRefusal, request: Request): Promise<HttpReply> {
    // This server's own mistake: the sender must not be told it signed wrongly, and the host must hear of it.
    if (refusal.code === "malformed_secret") {
      throw new ConfigError([{ pointer: "/secrets", message: refusal.message }]);
    }
    await onRefused?.(refusal, request);
    return AUTHENTIC.has(refusal.code)
      ? problemReply(
          "VALIDATION_FAILED",
          "The webhook is authentic, but not an event that is understood here.",
        )
      : problemReply("SIGNATURE_INVALID", "The webhook could not be verified.", { headers: CHALLENGE });
  }

  async function accept(
    verified: Extract<CheckProfilesResult<unknown>, { readonly ok: true }>,
    request: Request,
  ): Promise<HttpReply> {
    const { timestamp, profile } = verified;
    const type = typeOf(verified.event, request);
    const handler = findOwn(on, type) ?? onEvent;
    if (handler === undefined) return ACCEPTED;
    const id = verified.id ?? idOf?.(verified.event, request);
    if (!isId(id))
      return refuse({ code: "missing_id", message: "idOf found no id of 1 to 256 characters" }, request);
    const checked = await applySchema(events, type, verified.event);
    if (!checked.ok) return refuse(checked.refusal, request);
    await handleOnce(options, handler, { id, timestamp, type, event: checked.event, profile }, request);
    return ACCEPTED;
  }

  return {
    maxBodyBytes,
    async receive(request, { headers, body }) {
      if (body.kind === "too_large") {
        return problemReply("PAYLOAD_TOO_LARGE", `A webhook may be at most ${maxBodyBytes} bytes.`);
      }
      if (body.kind === "consumed") return problemReply("RAW_BODY_REQUIRED", body.advice);
      const checked = await verify(request, headers, body.bytes);
      return checked.ok ? accept(checked, request) : refuse(checked, request);
    },
  };
}

/** Every 401 names a scheme (RFC 9110 section 11.6.1). What is asked for is a signature, as HTTP's own drafts call it. */
const CHALLENGE = { "www-authenticate": 'Signature realm="webhooks"' } as const;

/** Signed well: what is wrong is the event, and the sender may know. */
const AUTHENTIC: ReadonlySet<WebhookRefusal["code"]> = new Set([
  "payload_not_json",
  "schema_mismatch",
  "missing_id",
]);
