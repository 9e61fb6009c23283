export { findProfileProblem } from "./profile/find-profile-problem.js";
export type { SignatureProfile } from "./profile/signature-profile.js";
export { standardWebhooks } from "./profile/signature-profile.js";
export type { SignedContentParts } from "./profile/signed-content.js";
export {
  formatSignature,
  formatSignedHeaders,
  formatTimestamp,
  signedContent,
} from "./profile/signed-content.js";
export type { WebhookKey } from "./profile/webhook-key.js";
export { decodeSigningKey, decodeVerifyingKeys } from "./profile/webhook-key.js";
export type { WebhookBody } from "./raw-body.js";
export type { SignedWebhookHeaders, SignProfileOptions, SignWebhookOptions } from "./sign-webhook.js";
export { signWebhook } from "./sign-webhook.js";
export type { WebhookHeaders } from "./signed-headers.js";
export type { StandardSchema } from "./standard-schema.js";
export type {
  CheckProfilesResult,
  CheckWebhookResult,
  VerifiedProfileWebhook,
  VerifiedWebhook,
  VerifyProfilesOptions,
  VerifyWebhookOptions,
} from "./verify-webhook.js";
export { checkWebhook, verifyWebhook } from "./verify-webhook.js";
export type { WebhookVerificationCode } from "./webhook-verification-error.js";
export { isWebhookVerificationError, WebhookVerificationError } from "./webhook-verification-error.js";
