import { hmacSha256, randomBytes, signEd25519 } from "#crypto";
import type { SignatureProfile } from "./profile/signature-profile.js";
import type { WebhookBody } from "./raw-body.js";
import { signWith } from "./sign-with.js";

/** What to sign with, and as which message. */
export interface SignWebhookOptions {
  /** The endpoint's secret, `whsec_…`, or for ed25519 a key of your own, `whsk_…`. */
  readonly secret: string;
  /** The message's id: visible ASCII without a full stop, at most 256 characters. Default: `msg_` and 32 random hex digits. */
  readonly id?: string;
  /** When it is signed; the header carries whole seconds. Default: now. */
  readonly timestamp?: Date;
  readonly profile?: undefined;
}

/** The same, in a wire format other than Standard Webhooks. */
export interface SignProfileOptions extends Omit<SignWebhookOptions, "profile"> {
  /** How to sign. What the format doesn't send, such as an id, is not among the headers. */
  readonly profile: SignatureProfile;
}

/** The headers of a signed webhook, ready for `fetch` and for `verifyWebhook`. A type, so that it fits a header record. */
export type SignedWebhookHeaders = {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
};

const crypto = { hmacSha256, signEd25519, randomBytes };

/**
 * Returns the headers that make a body a webhook `verifyWebhook` accepts: for your own tests of your receiver.
 *
 * Send exactly the body that was signed.
 *
 * @throws {WebhookVerificationError} (the promise rejects) `malformed_secret` or `payload_not_raw`.
 * @throws {TypeError} (the promise rejects) for an id with other characters, a timestamp that is not a date since 1970,
 * or a profile that contradicts itself.
 * @example
 * const body = JSON.stringify({ type: "post.published", data: { postId: "42" } });
 * await fetch(url, { method: "POST", body, headers: await signWebhook(body, { secret: "whsec_…" }) });
 */
export function signWebhook(
  body: WebhookBody,
  options: SignProfileOptions,
): Promise<Readonly<Record<string, string>>>;
export function signWebhook(body: WebhookBody, options: SignWebhookOptions): Promise<SignedWebhookHeaders>;
export function signWebhook(
  body: WebhookBody,
  options: SignWebhookOptions | SignProfileOptions,
): Promise<Readonly<Record<string, string>>> {
  return signWith(crypto, body, options);
}
