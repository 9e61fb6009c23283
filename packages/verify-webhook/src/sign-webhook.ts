import * as crypto from "#crypto";
import type { WebhookBody } from "./raw-body.js";
import { signWith } from "./sign-with.js";

/** What to sign with, and as which message. */
export interface SignWebhookOptions {
  /** The endpoint's secret, `whsec_…`. */
  readonly secret: string;
  /** The message's id: visible ASCII without a full stop, at most 256 characters. Default: `msg_` and 32 random hex digits. */
  readonly id?: string;
  /** When it is signed; the header carries whole seconds. Default: now. */
  readonly timestamp?: Date;
}

/** The headers of a signed webhook, ready for `fetch` and for `verifyWebhook`. A type, so that it fits a header record. */
export type SignedWebhookHeaders = {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
};

/**
 * Returns the headers that make a body a webhook `verifyWebhook` accepts: for your own tests of your receiver.
 *
 * Send exactly the body that was signed.
 *
 * @throws {WebhookVerificationError} (the promise rejects) `malformed_secret` or `payload_not_raw`.
 * @throws {TypeError} (the promise rejects) for an id with other characters, or a timestamp that is not a date since 1970.
 * @example
 * const body = JSON.stringify({ type: "post.published", data: { postId: "42" } });
 * await fetch(url, { method: "POST", body, headers: await signWebhook(body, { secret: "whsec_…" }) });
 */
export async function signWebhook(
  body: WebhookBody,
  options: SignWebhookOptions,
): Promise<SignedWebhookHeaders> {
  return signWith(crypto, body, options);
}
