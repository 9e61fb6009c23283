import { equalTexts, hmacSha256, verifyEd25519 } from "#crypto";
import type { SignatureProfile } from "./profile/signature-profile.js";
import type { WebhookBody } from "./raw-body.js";
import type { WebhookHeaders } from "./signed-headers.js";
import type { StandardSchema } from "./standard-schema.js";
import { verifyWith } from "./verify-with.js";
import { isWebhookVerificationError, type WebhookVerificationCode } from "./webhook-verification-error.js";

/** How strictly to verify, and what the event should look like. */
export interface VerifyWebhookOptions<Event = unknown> {
  /** How far the timestamp may lie from `now`, in either direction. Default 300; exactly that far passes. */
  readonly toleranceSeconds?: number;
  /** The time to judge by. Default: this machine's clock. For tests. */
  readonly now?: Date;
  /** Checks the parsed event and types it. Without one, `Event` is the caller's claim. */
  readonly schema?: StandardSchema<Event>;
  /** Reads the body's text, if it isn't JSON: a form, say. What it throws is answered `payload_not_json`. */
  readonly parse?: (text: string) => unknown;
  readonly profiles?: undefined;
}

/** The same, for wire formats other than Standard Webhooks. */
export interface VerifyProfilesOptions<Event = unknown>
  extends Omit<VerifyWebhookOptions<Event>, "profiles"> {
  /**
   * The formats that are accepted: one, or several while a sender moves from one to another. Every listed format
   * whose signature header the request carries must verify, and at least one must be there.
   */
  readonly profiles: SignatureProfile | readonly SignatureProfile[];
}

/** An authentic webhook. */
export interface VerifiedWebhook<Event> {
  readonly event: Event;
  /** The message's id: the same for every attempt. Remember it to act once on a message that arrives twice. */
  readonly id: string;
  /** When the sender signed this attempt. */
  readonly timestamp: Date;
}

/** An authentic webhook in one of several wire formats. */
export interface VerifiedProfileWebhook<Event> {
  readonly event: Event;
  /**
   * The message's id. Undefined where the format, or this request, has none. Only where `profile.content` holds
   * `{id}` is it signed: elsewhere it knows the sender's own repeats and is worth nothing against a replay.
   */
  readonly id: string | undefined;
  /** When the sender signed this attempt. Undefined where the format doesn't say. */
  readonly timestamp: Date | undefined;
  /** The one that says most of those that verified, as it was given. */
  readonly profile: SignatureProfile;
}

/** What `checkWebhook` answers. */
export type CheckWebhookResult<Event> = Checked<VerifiedWebhook<Event>>;

/** What `checkWebhook` answers with `profiles`. */
export type CheckProfilesResult<Event> = Checked<VerifiedProfileWebhook<Event>>;

type Checked<Verified> =
  | ({ readonly ok: true } & Verified)
  | { readonly ok: false; readonly code: WebhookVerificationCode; readonly message: string };

// By name, so that a bundle doesn't carry what only signing needs.
const crypto = { hmacSha256, verifyEd25519, equalTexts };

/**
 * Returns the event of a webhook that was signed with one of the secrets, recently, and not changed since.
 *
 * Checks in this order: secrets, raw body, headers, timestamp, signature, JSON, schema. It does not remember ids:
 * a webhook that arrives twice is accepted twice (`checkWebhook` tells the id).
 *
 * @param body Untrusted. The bytes received, never a parsed object.
 * @param headers Untrusted. `webhook-id`, `webhook-timestamp` and `webhook-signature`; names in any case.
 * @param secrets `whsec_…`, or `whpk_…` for ed25519; several while one replaces another: any of them may have signed.
 * @throws {WebhookVerificationError} (the promise rejects) for whatever the request, the secrets or the schema get wrong.
 * @throws {TypeError} (the promise rejects) for a wrong `toleranceSeconds`, `now` or profile, or without the crypto.
 * @example
 * const event = await verifyWebhook(await request.arrayBuffer(), request.headers, "whsec_…", { schema: PostPublished });
 * @see https://www.standardwebhooks.com
 */
export async function verifyWebhook<Event = unknown>(
  body: WebhookBody,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyWebhookOptions<Event> | VerifyProfilesOptions<Event> = {},
): Promise<Event> {
  return (await verifyWith(crypto, { body, headers, secrets }, options)).event;
}

/**
 * Does what `verifyWebhook` does and answers with a value, whatever it is given: its promise never rejects.
 *
 * A mistake in the options, which `verifyWebhook` throws as a `TypeError`, is answered `no_matching_signature`:
 * nothing was verified.
 *
 * @example
 * const result = await checkWebhook(body, request.headers, secrets);
 * if (!result.ok) return new Response(result.message, { status: 400 });
 */
export function checkWebhook<Event = unknown>(
  body: WebhookBody,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyProfilesOptions<Event>,
): Promise<CheckProfilesResult<Event>>;
export function checkWebhook<Event = unknown>(
  body: WebhookBody,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options?: VerifyWebhookOptions<Event>,
): Promise<CheckWebhookResult<Event>>;
export async function checkWebhook<Event>(
  body: WebhookBody,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyWebhookOptions<Event> | VerifyProfilesOptions<Event> = {},
): Promise<unknown> {
  try {
    const { profile, ...verified } = await verifyWith(crypto, { body, headers, secrets }, options);
    return { ok: true, ...verified, ...(options.profiles && { profile }) };
  } catch (error) {
    if (isWebhookVerificationError(error)) return { ok: false, code: error.code, message: error.message };
    return {
      ok: false,
      code: "no_matching_signature",
      message:
        "Nothing was verified: an option is wrong, or there is no crypto. verifyWebhook throws the reason.",
    };
  }
}
