import assert from "node:assert/strict";
import type { AuditFilter, NewAuditRecord, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, newId, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { rollBack } from "./setup/roll-back.js";
import { about } from "./setup/storage-case.js";

const DAY = 86_400;
const DAY_MS = DAY * 1000;

export const auditCases = about("audit log", {
  async "an entry is read back as it was added, with the time it was added at"(storage) {
    const record = newRecord(0, {
      status: "failure",
      actorKind: "user",
      ip: "2001:db8::1",
      userAgent: "curl/8 ❤",
      correlationId: "req-1",
      target: { type: "api_key", id: "key_1" },
      changes: { name: { from: null, to: 'It\'s "new"' }, scopes: { from: ["a"], to: [] } },
      message: "Integration activity",
      metadata: { nested: { deep: [1, true, null] } },
    });
    await storage.audit.insert({ records: [record], now: after(5) });
    assert.deepEqual(await list(storage), [{ ...record, occurredAt: after(5) }]);
  },

  async "without a time given, it is the storage's"(storage) {
    const record = newRecord(0);
    await storage.audit.insert({ records: [record] });
    const [found] = await list(storage);
    assert.ok(Math.abs((found?.occurredAt.getTime() ?? 0) - Date.now()) < 60_000);
  },

  async "entries are listed newest first, page after page, and additions move none of them"(storage) {
    const records = await add(storage, [0, 1, 2, 3, 4]);
    const newestFirst = records.map(({ id }) => id).reverse();
    const first = await list(storage, { limit: 2 });
    await add(storage, [5, 6]);
    const second = await list(storage, { limit: 2, cursor: newestFirst[1] ?? "" });
    const third = await list(storage, { limit: 2, cursor: newestFirst[3] ?? "" });
    assert.deepEqual([...first, ...second, ...third].map(idOf), newestFirst);
  },

  async "each filter narrows a listing"(storage) {
    const [key, endpoint] = [
      { type: "api_key", id: "key_1" },
      { type: "endpoint", id: "ep_1" },
    ];
    const rows: readonly Partial<NewAuditRecord>[] = [
      { actorId: "ada", action: "api_key.created", target: key },
      { actorId: "ada", action: "api_key.revoked", target: key },
      { actorId: "bob", action: "api_key.revoked", target: { ...key, id: "key_2" } },
      { actorId: "bob", action: "endpoint.created", target: endpoint },
      { actorId: "bob", action: "data.sync" },
    ];
    for (const [index, fields] of rows.entries()) await add(storage, [index], fields);
    const found = async (filter: AuditFilter) =>
      (await list(storage, filter)).map(({ occurredAt }) => occurredAt).reverse();
    assert.deepEqual(await found({ actorId: "ada" }), [after(0), after(1)]);
    assert.deepEqual(await found({ action: "api_key.revoked" }), [after(1), after(2)]);
    assert.deepEqual(await found({ action: "api_key.revoked", actorId: "bob" }), [after(2)]);
    assert.deepEqual(await found({ targetType: "api_key" }), [after(0), after(1), after(2)]);
    assert.deepEqual(await found({ targetType: "api_key", targetId: "key_2" }), [after(2)]);
    assert.deepEqual(await found({ from: after(1), to: after(3) }), [after(1), after(2)]);
    assert.deepEqual(await found({ actorId: "nobody" }), []);
  },

  async "a page is full although others than its entries were left out"(storage) {
    for (let second = 0; second < 12; second++) {
      await add(storage, [second], { actorId: second % 3 === 0 ? "ada" : "bob" });
    }
    assert.equal((await list(storage, { actorId: "ada", limit: 4 })).length, 4);
  },

  async "entries vanish with the transaction they were added in, and appear with it"(storage) {
    const [undone, kept] = [newRecord(0), newRecord(1)];
    await rollBack(storage, async ({ audit }) => {
      await audit.insert({ records: [undone], now: after(0) });
      assert.equal((await audit.list({ tenantId: TENANT, limit: 9 })).length, 1);
    });
    await storage.transaction(async (handle) => {
      await storage.bind(handle).audit.insert({ records: [kept], now: after(1) });
    });
    assert.deepEqual((await list(storage)).map(idOf), [kept.id]);
  },

  async "of several entries of one call all are added, for several tenants"(storage) {
    const records = [newRecord(0), newRecord(1), newRecord(2, { tenantId: OTHER_TENANT })];
    await storage.audit.insert({ records, now: after(3) });
    assert.equal((await list(storage)).length, 2);
    await storage.audit.insert({ records: [], now: after(3) });
  },

  async "another tenant's entries aren't seen, by whatever filter or cursor"(storage) {
    const target = { type: "api_key", id: "key_1" };
    const [record] = await add(storage, [0], { actorId: "ada", action: "api_key.created", target });
    const all = { tenantId: OTHER_TENANT, limit: 9 };
    assert.deepEqual(await storage.audit.list(all), []);
    for (const filter of [
      { actorId: "ada" },
      { action: "api_key.created" },
      { targetType: "api_key", targetId: "key_1" },
      { from: after(-1), to: after(1) },
      { cursor: newId("aud", after(9)) },
      { cursor: record?.id ?? "" },
    ]) {
      assert.deepEqual(await storage.audit.list({ ...all, ...filter }), []);
    }
  },

  async "entries of a given age are removed, oldest first, no more than asked for, and younger ones stay"(
    storage,
  ) {
    await add(storage, [0, 1, 2, 3, DAY]);
    const prune = (limit: number, seconds: number) =>
      storage.audit.prune({ olderThanMs: DAY_MS, limit, now: after(seconds) });
    assert.equal(await prune(2, DAY + 2), 2);
    assert.deepEqual((await list(storage)).map(({ occurredAt }) => occurredAt).reverse(), [
      after(2),
      after(3),
      after(DAY),
    ]);
    assert.equal(await prune(9, DAY + 2), 1);
    assert.equal(await prune(9, DAY + 2), 0);
    assert.equal((await list(storage)).length, 2);
  },

  async "four processes that remove the same entries remove each once"(storage) {
    await add(
      storage,
      Array.from({ length: 20 }, (_, second) => second),
    );
    const counts = await race(4, () =>
      storage.audit.prune({ olderThanMs: DAY_MS, limit: 20, now: after(DAY + 60) }),
    );
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      20,
    );
  },
});

function newRecord(second: number, fields: Partial<NewAuditRecord> = {}): NewAuditRecord {
  return {
    tenantId: TENANT,
    id: newId("aud", after(second)),
    action: "data.sync",
    status: "success",
    actorId: "host",
    actorKind: undefined,
    ip: undefined,
    userAgent: undefined,
    correlationId: undefined,
    target: undefined,
    changes: {},
    message: undefined,
    metadata: {},
    ...fields,
  };
}

async function add(
  storage: Storage,
  seconds: readonly number[],
  fields: Partial<NewAuditRecord> = {},
): Promise<readonly NewAuditRecord[]> {
  const records = seconds.map((second) => newRecord(second, fields));
  for (const [index, record] of records.entries()) {
    await storage.audit.insert({ records: [record], now: after(seconds[index] ?? 0) });
  }
  return records;
}

function list(
  storage: Storage,
  filter: AuditFilter & { readonly limit?: number; readonly cursor?: string } = {},
) {
  return storage.audit.list({ tenantId: TENANT, limit: 99, ...filter });
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
