import type { SignatureProfile } from "../profile/signature-profile.js";

/**
 * Slack's events, commands and interactions, signed with the app's signing secret. Commands and interactions are
 * forms: read them with `parse: (text) => Object.fromEntries(new URLSearchParams(text))`.
 *
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const slack = {
  headers: { timestamp: "x-slack-request-timestamp", signature: "x-slack-signature" },
  content: "v0:{timestamp}:{body}",
  timestampUnit: "seconds",
  encoding: "hex",
  prefix: "v0=",
  key: "utf8",
} as const satisfies SignatureProfile;
