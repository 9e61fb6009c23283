import type { SignatureProfile } from "../profile/signature-profile.js";

/**
 * GitHub's webhooks, signed with the webhook's secret. No time and no id are signed: a replay looks like the original.
 * Remember what was handled; the header `x-github-delivery` knows GitHub's own redeliveries, and no more.
 *
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export const github = {
  headers: { signature: "x-hub-signature-256" },
  content: "{body}",
  encoding: "hex",
  prefix: "sha256=",
  key: "utf8",
} as const satisfies SignatureProfile;
