import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { after, TENANT } from "./setup/fixtures.js";
import { rollBack } from "./setup/roll-back.js";
import { about } from "./setup/storage-case.js";

const AT = { tenantId: TENANT, purpose: "idempotency", key: "order-7", now: after(0) } as const;
const ENTRY = { ...AT, value: "reply", expiresInSeconds: 3_600 } as const;

export const shortLivedTransactionCases = about("short-lived state in transactions", {
  async "what is put in a transaction is seen in it, and by others once it commits"(storage) {
    await storage.transaction(async (handle) => {
      const { shortLived } = storage.bind(handle);
      assert.deepEqual(await shortLived.putIfAbsent(ENTRY), { stored: true });
      assert.deepEqual(await shortLived.putIfAbsent(ENTRY), { stored: false, existing: "reply" });
      assert.equal(await shortLived.get(AT), "reply");
    });
    assert.equal(await storage.shortLived.get(AT), "reply");
  },

  async "a transaction that fails leaves what it put, took and deleted undone"(storage) {
    await storage.shortLived.put({ ...ENTRY, key: "taken" });
    await storage.shortLived.put({ ...ENTRY, key: "deleted" });
    await rollBack(storage, async ({ shortLived }) => {
      await shortLived.put(ENTRY);
      assert.equal(await shortLived.take({ ...AT, key: "taken" }), "reply");
      await shortLived.delete({ ...AT, key: "deleted" });
    });
    assert.deepEqual(await valuesOf(storage, ["order-7", "taken", "deleted"]), [undefined, "reply", "reply"]);
  },
});

function valuesOf(
  { shortLived }: Storage,
  keys: readonly string[],
): Promise<readonly (string | undefined)[]> {
  return Promise.all(keys.map((key) => shortLived.get({ ...AT, key })));
}
