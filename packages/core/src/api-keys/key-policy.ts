import type { RateLimit } from "../rate-limit/limit.js";

/** What a host decides for all its keys. */
export interface KeyPolicy {
  /** How long a key lives that is created without an `expiresAt`; undefined: for ever. */
  readonly defaultLifetimeSeconds?: number | undefined;
  /** The limits of a key that is created without any. */
  readonly defaultLimits: readonly RateLimit[];
  /** Keys that a tenant may have, revoked and expired ones not counted. */
  readonly maxKeysPerTenant?: number | undefined;
}

/** When a new key expires: as asked, never if asked with null, else one default lifetime after it begins. */
export function chooseExpiry(
  asked: { readonly notBefore?: Date | null | undefined; readonly expiresAt?: Date | null | undefined },
  { defaultLifetimeSeconds }: Pick<KeyPolicy, "defaultLifetimeSeconds">,
  now: Date,
): Date | undefined {
  if (asked.expiresAt !== undefined) return asked.expiresAt ?? undefined;
  if (defaultLifetimeSeconds === undefined) return undefined;
  const beginsAtMs = Math.max(now.getTime(), asked.notBefore?.getTime() ?? 0);
  return new Date(beginsAtMs + defaultLifetimeSeconds * 1000);
}
