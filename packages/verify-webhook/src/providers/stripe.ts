import type { SignatureProfile } from "../profile/signature-profile.js";

/**
 * Stripe's webhooks, signed with the endpoint's secret: the whole text, `whsec_` included. The event's own `id` is in
 * the body. The test scheme `v0`, which may stand beside `v1`, proves nothing and is not looked at.
 *
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
export const stripe = {
  headers: { signature: "stripe-signature" },
  content: "{timestamp}.{body}",
  timestampUnit: "seconds",
  timestampPrefix: "t=",
  separator: ",",
  encoding: "hex",
  prefix: "v1=",
  key: "utf8",
} as const satisfies SignatureProfile;
