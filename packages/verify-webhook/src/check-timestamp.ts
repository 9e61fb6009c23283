import type { SignatureProfile } from "./profile/signature-profile.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

/** Refuses what was signed too long ago, or in the future. Where no time is signed there is nothing to judge. */
export function checkTimestamp(
  { profile, sentAt }: { readonly profile: SignatureProfile; readonly sentAt: Date | undefined },
  now: Date,
  toleranceSeconds: number,
): void {
  if (sentAt === undefined) return;
  const ageSeconds = (now.getTime() - sentAt.getTime()) / 1000;
  if (Math.abs(ageSeconds) <= toleranceSeconds) return;
  const name = profile.headers.timestamp ?? profile.headers.signature;
  const distance = `${Math.ceil(Math.abs(ageSeconds))} s`;
  throw ageSeconds > 0
    ? new WebhookVerificationError(
        "timestamp_too_old",
        `${name} lies ${distance} in the past, and ${toleranceSeconds} s are accepted. Answer 400 and the ` +
          "sender signs anew when it retries. If every webhook is, set this machine's clock.",
      )
    : new WebhookVerificationError(
        "timestamp_too_new",
        `${name} lies ${distance} in the future, and ${toleranceSeconds} s are accepted. ` +
          "Set this machine's clock, or tell the sender to.",
      );
}

/** The refusal where a tolerance is demanded and no time is signed: nothing shows that this isn't an old request. */
export function withoutTimestamp(): WebhookVerificationError {
  return new WebhookVerificationError(
    "missing_header",
    "No timestamp is signed, so no toleranceSeconds can be satisfied.",
  );
}
