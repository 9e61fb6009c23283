import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, insertKey, newId, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

export const lockCases = about("locked records", {
  async "apiKeys.lock gives those of the keys that the tenant has"(storage) {
    const keys = [await insertKey(storage), await insertKey(storage)];
    const theirs = await insertKey(storage, { tenantId: OTHER_TENANT });
    const keyIds = [...keys.map(({ id }) => id), theirs.id, newId("key"), "nonsense", keys[0]?.id ?? ""];
    const locked = await storage.apiKeys.lock({ tenantId: TENANT, keyIds });
    assert.deepEqual([...locked].sort(byId), [...keys].sort(byId));
    assert.deepEqual(await storage.apiKeys.lock({ tenantId: TENANT, keyIds: [] }), []);
  },

  async "endpoints.lock gives the endpoint, if the tenant has it and it wasn't deleted"(storage) {
    const endpoint = await insertEndpoint(storage);
    const reference = { tenantId: TENANT, endpointId: endpoint.id };
    assert.deepEqual(await storage.endpoints.lock(reference), endpoint);
    assert.equal(await storage.endpoints.lock({ ...reference, tenantId: OTHER_TENANT }), undefined);
    await storage.endpoints.delete({ ...reference, now: after(1) });
    assert.equal(await storage.endpoints.lock(reference), undefined);
  },

  async "what was read under a lock is what a change in the same transaction changes, however many meet"(
    storage,
  ) {
    const { id: keyId } = await insertKey(storage, { name: "0" });
    const { id: endpointId } = await insertEndpoint(storage, { name: "0" });
    await race(6, () =>
      storage.transaction(async (handle) => {
        const { apiKeys, endpoints } = storage.bind(handle);
        const [key] = await apiKeys.lock({ tenantId: TENANT, keyIds: [keyId] });
        await apiKeys.update({ tenantId: TENANT, keyId, changes: { name: next(key?.name) } });
        const endpoint = await endpoints.lock({ tenantId: TENANT, endpointId });
        const changes = { name: next(endpoint?.name) };
        await endpoints.update({ tenantId: TENANT, endpointId, changes, now: after(1) });
      }),
    );
    assert.equal((await storage.apiKeys.find({ tenantId: TENANT, keyId }))?.name, "6");
    assert.equal((await storage.endpoints.find({ tenantId: TENANT, endpointId }))?.name, "6");
  },

  async "callers that lock the same keys in different orders all get them"(storage) {
    const keys = await Promise.all(Array.from({ length: 8 }, () => insertKey(storage)));
    const ids = keys.map(({ id }) => id);
    const counts = await race(6, (index) =>
      storage.transaction(async (handle) => {
        const keyIds = index % 2 === 0 ? ids : [...ids].reverse();
        return (await storage.bind(handle).apiKeys.lock({ tenantId: TENANT, keyIds })).length;
      }),
    );
    assert.deepEqual(new Set(counts), new Set([8]));
  },

  async "a transaction that has published to an endpoint keeps nobody from locking it"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    await storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      await publish(bound);
      assert.ok(await bound.endpoints.lock({ tenantId: TENANT, endpointId }));
    });
  },
});

function next(name: string | undefined): string {
  return String(Number(name) + 1);
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
