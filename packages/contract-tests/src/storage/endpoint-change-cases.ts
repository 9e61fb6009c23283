import assert from "node:assert/strict";
import { isTenonError } from "@tenon/core/errors";
import type { EndpointChanges, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newEndpoint, newId, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const FULL = {
  name: "Old",
  description: "Old text",
  retrySchedule: { kind: "list", delaysSeconds: [0, 5] },
  timeoutMs: 1_000,
  sealedHeaders: { names: ["X-Team"], sealed: "sealed" },
  concurrency: 2,
  rateLimit: { limit: 2, windowSeconds: 60 },
  integrationId: "int-1",
} as const;

export const endpointChangeCases = about("changing endpoints", {
  async "an update changes what it names and nothing else, and the revision grows"(storage) {
    const before = await insertEndpoint(storage, FULL);
    const changes: EndpointChanges = {
      url: "https://partner.example/v2",
      eventTypes: ["user.*"],
      metadata: { team: 7 },
      whileDisabled: "skip",
      fifo: true,
      sealedHeaders: { names: ["X-New"], sealed: "sealed anew" },
    };
    const changed = await update(storage, before.id, changes);
    assert.deepEqual(changed, { ...before, ...changes, revision: 2, updatedAt: after(5) });
    assert.deepEqual(await storage.endpoints.find({ tenantId: TENANT, endpointId: before.id }), changed);
  },

  async "null takes away what an endpoint need not have"(storage) {
    const before = await insertEndpoint(storage, FULL);
    const names = Object.keys(FULL);
    const changed = await update(storage, before.id, Object.fromEntries(names.map((name) => [name, null])));
    const none = Object.fromEntries(names.map((name) => [name, undefined]));
    assert.deepEqual(changed, { ...before, ...none, revision: 2, updatedAt: after(5) });
  },

  async "an update that names nothing changes nothing"(storage) {
    const before = await insertEndpoint(storage, FULL);
    assert.deepEqual(await update(storage, before.id, {}), before);
  },

  async "eight updates of different fields at once: none is lost"(storage) {
    const { id } = await insertEndpoint(storage);
    const all: readonly EndpointChanges[] = [
      { name: "n" },
      { description: "d" },
      { url: "https://partner.example/new" },
      { channels: ["eu"] },
      { timeoutMs: 700 },
      { concurrency: 4 },
      { fifo: true },
      { metadata: { a: 1 } },
      { rateLimit: { limit: 9, windowSeconds: 1 } },
      { integrationId: "int-2" },
    ];
    await race(all.length, (index) => update(storage, id, all[index] ?? {}));
    const endpoint = await storage.endpoints.find({ tenantId: TENANT, endpointId: id });
    const expected = Object.assign({}, ...all) as object;
    assert.deepEqual({ ...endpoint, ...expected }, endpoint);
    assert.equal(endpoint?.revision, 1 + all.length);
  },

  async "an endpoint that isn't there can't be changed, deleted or given a secret"(storage) {
    const request = { tenantId: TENANT, endpointId: newId("ep") };
    assert.equal(await update(storage, request.endpointId, { name: "x" }), undefined);
    assert.equal(await storage.endpoints.delete(request), false);
    const secret = { id: newId("sec"), sealed: "x" };
    const rotated = await storage.endpoints.rotateSecret({ ...request, secret, overlapSeconds: 0 });
    assert.equal(rotated, undefined);
  },

  async "a listing is narrowed by integration, whose id may be any text"(storage) {
    const own = await insertEndpoint(storage, { at: after(1), integrationId: "int/Ω' 1" });
    await insertEndpoint(storage, { at: after(2), integrationId: "int/Ω' 2" });
    await insertEndpoint(storage, { at: after(3) });
    await insertEndpoint(storage, { at: after(4), integrationId: "int/Ω' 1", tenantId: OTHER_TENANT });
    const list = (integrationId: string) =>
      storage.endpoints.list({ tenantId: TENANT, limit: 9, integrationId });
    assert.deepEqual(await list("int/Ω' 1"), [own]);
    assert.deepEqual(await list("int"), []);
  },

  async "a listing is narrowed by status and by an event type that is admitted"(storage) {
    const [on, off] = [
      await insertEndpoint(storage, { at: after(1), eventTypes: ["post.*"] }),
      await insertEndpoint(storage, { at: after(2), eventTypes: ["user.created", "post.published"] }),
    ];
    const all = await insertEndpoint(storage, { at: after(3), eventTypes: ["*"] });
    await storage.endpoints.disable({
      tenantId: TENANT,
      endpointId: off.id,
      reason: "manual",
      now: after(4),
    });
    const list = async (filter: object) =>
      (await storage.endpoints.list({ tenantId: TENANT, limit: 9, ...filter })).map(({ id }) => id);
    assert.deepEqual(await list({ status: "enabled" }), [all.id, on.id]);
    assert.deepEqual(await list({ status: "disabled" }), [off.id]);
    assert.deepEqual(await list({ eventType: "post.published" }), [all.id, off.id, on.id]);
    assert.deepEqual(await list({ eventType: "post.deleted" }), [all.id, on.id]);
    assert.deepEqual(await list({ eventType: "post.published", status: "enabled", cursor: all.id }), [on.id]);
    assert.deepEqual(await list({ eventType: "post.published", limit: 1 }), [all.id]);
  },

  async "a tenant has at most as many endpoints as the call names, deleted ones not counted"(storage) {
    await insertEndpoint(storage, { tenantId: OTHER_TENANT });
    const first = await insertCapped(storage, 2);
    await insertCapped(storage, 2);
    await assert.rejects(insertCapped(storage, 2), isOverCap);
    await storage.endpoints.delete({ tenantId: TENANT, endpointId: first.id, now: after(1) });
    await insertCapped(storage, 2);
    await assert.rejects(insertCapped(storage, 2), isOverCap);
    assert.equal((await storage.endpoints.list({ tenantId: TENANT, limit: 9 })).length, 2);
  },

  async "eight callers create endpoints at once: the maximum holds"(storage) {
    const made = await race(8, () => insertCapped(storage, 3).catch((error: unknown) => error));
    assert.equal(made.filter(isOverCap).length, 5);
    assert.equal((await storage.endpoints.list({ tenantId: TENANT, limit: 9 })).length, 3);
  },
});

function update(storage: Storage, endpointId: string, changes: EndpointChanges) {
  return storage.endpoints.update({ tenantId: TENANT, endpointId, changes, now: after(5) });
}

function insertCapped(storage: Storage, maxEndpoints: number) {
  const secret = { id: newId("sec"), sealed: "sealed" };
  return storage.endpoints.insert({ endpoint: newEndpoint(), secret, maxEndpoints, now: after(0) });
}

function isOverCap(error: unknown): boolean {
  return isTenonError(error) && error.code === "LIMIT_EXCEEDED";
}
