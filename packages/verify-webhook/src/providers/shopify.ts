import type { SignatureProfile } from "../profile/signature-profile.js";

/**
 * Shopify's webhooks over HTTPS, signed with the app's client secret. No time and no id are signed: a replay looks like
 * the original. Remember what was handled; the header `x-shopify-event-id` knows Shopify's own repeats, and no more.
 *
 * @see https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
 */
export const shopify = {
  headers: { signature: "x-shopify-hmac-sha256" },
  content: "{body}",
  encoding: "base64",
  prefix: "",
  key: "utf8",
} as const satisfies SignatureProfile;
