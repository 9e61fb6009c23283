import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";

export const tenon = createTenon({
  storage: memoryStorage(),
  apiKeys: {
    prefix: "acme", // acme_live_…
    defaultLifetimeSeconds: 365 * 86_400, // `expiresAt: null` is for ever
    defaultLimits: [{ name: "hour", limit: 1000, windowSeconds: 3600 }], // `limits: []` is none
    maxKeysPerTenant: 50, // one more: LIMIT_EXCEEDED
    acceptedFormats: [{ pattern: /old-[0-9a-f]{32}/ }], // what keys looked like before
  },
});

export async function lifeOfAKey(tenantId: string) {
  const key = await tenon.apiKeys.create({
    tenantId,
    name: "Zapier",
    ownerId: "user-7",
    scopes: ["posts:read"],
  });
  const one = { tenantId, keyId: key.id };
  await tenon.apiKeys.update({ ...one, ipAllowlist: ["203.0.113.0/24", "2001:db8::/32"] });
  await tenon.apiKeys.disable(one);
  await tenon.apiKeys.enable(one);

  // The old text works for another day. For a key that leaked say 0: it is revoked at once.
  const { successor } = await tenon.apiKeys.rotate({ ...one, graceSeconds: 86_400 });

  // When a user leaves: every key of theirs, in one call.
  await tenon.apiKeys.revokeMany({ tenantId, ownerId: "user-7" });
  return { key, successor };
}

/** Keys that partners hold already go on working: their hashes are enough. */
export async function takeOver(tenantId: string, rows: readonly { name: string; sha256: string }[]) {
  const keys = rows.map(({ name, sha256 }) => ({ name, hash: sha256, scopes: ["posts:read"] }));
  return tenon.apiKeys.import({ tenantId, keys });
}

/** For secret scanners: finds this host's keys, and nothing else. */
export const pattern = tenon.apiKeys.keyPattern();
