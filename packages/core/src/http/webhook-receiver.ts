import {
  checkWebhook,
  decodeVerifyingKeys,
  isWebhookVerificationError,
  type WebhookHeaders,
  type WebhookVerificationCode,
} from "@tenon/verify-webhook";
import { z } from "zod";
import { ConfigError } from "../errors/tenon-error.js";
import { parseConfig } from "../input/parse-input.js";
import type { HttpReply } from "./exchange.js";
import { problemReply } from "./replies/problem.js";

/** A verified webhook. `id` stays the same when the sender repeats it: use it to handle an event once. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly timestamp: Date;
  readonly event: unknown;
}

export interface WebhookReceiverOptions<Request> {
  /**
   * The sender's signing secret, several while one replaces another, or a function that finds them for a request.
   * What it rejects with goes to the host's error handler, as does a `ConfigError` for a secret that is none.
   */
  readonly secrets:
    | string
    | readonly string[]
    | ((request: Request) => string | readonly string[] | Promise<string | readonly string[]>);
  /**
   * Called with a verified event; the reply is 204 once it resolves. What it rejects with goes to the host's error
   * handler, which answers 500 unless told otherwise: the sender tries again.
   */
  readonly onEvent: (received: ReceivedWebhook, request: Request) => void | Promise<void>;
  /** How far the timestamp may be off, in either direction. Default 300. */
  readonly toleranceSeconds?: number;
  /** A larger body is answered 413. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

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

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

const secret = z.string().superRefine((text, context) => {
  try {
    decodeVerifyingKeys(text);
  } catch (error) {
    if (!isWebhookVerificationError(error)) throw error;
    context.addIssue({ code: "custom", message: error.message });
  }
});

const receiverOptions = z.strictObject({
  secrets: z.custom<unknown>().superRefine((value, context) => {
    if (typeof value === "function") return;
    const { error } = (typeof value === "string" ? secret : z.array(secret).min(1)).safeParse(value);
    for (const { message, path } of error?.issues ?? []) context.addIssue({ code: "custom", message, path });
  }),
  onEvent: z.custom<() => never>(isFunction, "must be a function"),
  toleranceSeconds: z.number().min(0).optional(),
  maxBodyBytes: z.int().min(1).default(DEFAULT_MAX_BODY_BYTES),
});

/**
 * Makes the receiving end of webhooks: verifies the raw body, hands the event on, and answers.
 * It does not remember ids: an event that arrives twice is handed on twice.
 * @throws {ConfigError} for options that break a rule, a secret that isn't `whsec_…` among them.
 */
export function createWebhookReceiver<Request>(
  options: WebhookReceiverOptions<Request>,
): WebhookReceiver<Request> {
  const { maxBodyBytes, toleranceSeconds } = parseConfig(receiverOptions, options);
  const { secrets, onEvent } = options;

  return {
    maxBodyBytes,
    async receive(request, { headers, body }) {
      if (body.kind === "too_large") {
        return problemReply("PAYLOAD_TOO_LARGE", `A webhook may be at most ${maxBodyBytes} bytes.`);
      }
      if (body.kind === "consumed") return problemReply("RAW_BODY_REQUIRED", body.advice);
      const checked = await checkWebhook(
        body.bytes,
        headers,
        typeof secrets === "function" ? await secrets(request) : secrets,
        toleranceSeconds === undefined ? {} : { toleranceSeconds },
      );
      if (!checked.ok) return refuse(checked);
      await onEvent({ id: checked.id, timestamp: checked.timestamp, event: checked.event }, request);
      return { status: 204, headers: {} };
    },
  };
}

function refuse({
  code,
  message,
}: {
  readonly code: WebhookVerificationCode;
  readonly message: string;
}): HttpReply {
  // This server's own mistake: the sender must not be told it signed wrongly, and the host must hear of it.
  if (code === "malformed_secret") throw new ConfigError([{ pointer: "/secrets", message }]);
  return problemReply("SIGNATURE_INVALID", "The webhook could not be verified.", {
    members: { reason: code },
  });
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
