import assert from "node:assert/strict";
import type { ApiKeyFilter, Storage } from "@tenon/core/ports";
import { readPages } from "./setup/expectations.js";
import { after, insertKey, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const NOW = after(100);

/** The names of the keys that pass a filter, newest first. */
async function namesOf(storage: Storage, filter: ApiKeyFilter): Promise<readonly string[]> {
  const keys = await storage.apiKeys.list({ tenantId: TENANT, limit: 50, now: NOW, ...filter });
  return keys.map(({ name }) => name);
}

export const apiKeyFilterCases = about("listing api keys", {
  async "by status: each key is in exactly one, the one hardest to undo"(storage) {
    const past = after(50);
    const later = after(200);
    await insertKey(storage, { name: "active" });
    await insertKey(storage, { name: "active, just now", at: after(1), notBefore: NOW, expiresAt: later });
    await insertKey(storage, { name: "expired", at: after(2), expiresAt: past });
    await insertKey(storage, { name: "expired, just now", at: after(3), expiresAt: NOW });
    await insertKey(storage, {
      name: "expired before it began",
      at: after(4),
      notBefore: later,
      expiresAt: past,
    });
    await insertKey(storage, { name: "early", at: after(5), notBefore: later });
    const disabled = await insertKey(storage, { name: "disabled", at: after(6), expiresAt: past });
    await storage.apiKeys.disable({ tenantId: TENANT, keyId: disabled.id, now: past });
    const revoked = await insertKey(storage, { name: "revoked", at: after(7), expiresAt: past });
    await storage.apiKeys.disable({ tenantId: TENANT, keyId: revoked.id, now: past });
    await storage.apiKeys.revoke({ tenantId: TENANT, keyId: revoked.id, now: past });

    assert.deepEqual(await namesOf(storage, { status: "active" }), ["active, just now", "active"]);
    assert.deepEqual(await namesOf(storage, { status: "expired" }), [
      "expired before it began",
      "expired, just now",
      "expired",
    ]);
    assert.deepEqual(await namesOf(storage, { status: "not_yet_valid" }), ["early"]);
    assert.deepEqual(await namesOf(storage, { status: "disabled" }), ["disabled"]);
    assert.deepEqual(await namesOf(storage, { status: "revoked" }), ["revoked"]);
  },

  async "by owner, by how the name begins, and by when keys expire; together they narrow"(storage) {
    const mine = { ownerId: "user-7" };
    await insertKey(storage, { ...mine, name: "CI 100%", expiresAt: after(10) });
    await insertKey(storage, { ...mine, name: "CI_two", at: after(1), expiresAt: after(20) });
    await insertKey(storage, { ...mine, name: "ci three", at: after(2) });
    await insertKey(storage, { ownerId: "user-8", name: "CI four", at: after(3), expiresAt: after(5) });
    await insertKey(storage, { name: "CI five", at: after(4) });

    assert.deepEqual(await namesOf(storage, mine), ["ci three", "CI_two", "CI 100%"]);
    assert.deepEqual(await namesOf(storage, { namePrefix: "CI" }), [
      "CI five",
      "CI four",
      "CI_two",
      "CI 100%",
    ]);
    assert.deepEqual(await namesOf(storage, { namePrefix: "CI_" }), ["CI_two"]);
    assert.deepEqual(await namesOf(storage, { namePrefix: "CI 100%" }), ["CI 100%"]);
    assert.deepEqual(await namesOf(storage, { namePrefix: "%" }), []);
    assert.deepEqual(await namesOf(storage, { expiresBefore: after(20) }), ["CI four", "CI 100%"]);
    assert.deepEqual(await namesOf(storage, { ...mine, expiresBefore: after(20) }), ["CI 100%"]);
    assert.deepEqual(await namesOf(storage, { ownerId: "user-9" }), []);
  },

  async "filtered pages are full, miss none and repeat none"(storage) {
    const ids: string[] = [];
    for (let second = 0; second < 14; second++) {
      const ownerId = second % 2 === 0 ? "user-7" : "user-8";
      const { id } = await insertKey(storage, { ownerId, at: after(second) });
      if (ownerId === "user-7") ids.unshift(id);
    }
    const pages = await readPages(3, (page) =>
      storage.apiKeys.list({ tenantId: TENANT, ownerId: "user-7", now: NOW, ...page }),
    );
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(
      pages.flat().map((key) => key.id),
      ids,
    );
  },
});
