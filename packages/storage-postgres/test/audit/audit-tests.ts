import { createTenon, LIFECYCLE_EVENT_TYPES, type Tenon } from "@tenon/core";
import type { HttpTransport, Storage } from "@tenon/core/ports";
import { expect, test } from "vitest";

/** A host with a table of its own beside Tenon's. */
export interface Host {
  readonly storage: Storage;
  /** Runs `work` in a transaction of the host's, which inserts `row` first. */
  transaction(row: string, work: (handle: unknown) => Promise<void>): Promise<void>;
  rows(): Promise<readonly string[]>;
}

const OPERATORS = "tenant.operational";
const TENANT = "acme";

/** What the audit log and lifecycle events promise of transactions, through the kit, on a real database. */
export function auditTests(host: () => Host): void {
  test("entries, events and the host's own rows appear together, and vanish together", async () => {
    const { storage, transaction, rows } = host();
    const tenon = createKit(storage);
    const events = hear(tenon);
    const tenantId = newTenant();
    const create = async (handle: unknown, name: string) => {
      const bound = tenon.within(handle);
      await bound.actingAs({ actorId: "ada" }).apiKeys.create({ tenantId, name, scopes: [] });
      await bound.audit.record({ tenantId, action: "data.sync" });
      expect((await bound.audit.list({ tenantId })).items.map(({ action }) => action)).toEqual([
        "data.sync",
        "api_key.created",
      ]);
      return bound;
    };
    const undone = transaction("undone", async (handle) => {
      await create(handle, "undone");
      throw new Error("roll back");
    });
    await expect(undone).rejects.toThrow("roll back");
    expect(await rows()).not.toContain("undone");
    expect((await tenon.audit.list({ tenantId })).items).toEqual([]);
    expect((await tenon.apiKeys.list({ tenantId })).items).toEqual([]);
    expect(await publishedOf(tenon, tenantId)).toEqual([]);

    let committed = async () => {};
    await transaction("kept", async (handle) => {
      ({ committed } = await create(handle, "kept"));
    });
    expect(await rows()).toContain("kept");
    expect((await tenon.audit.list({ tenantId })).items).toMatchObject([
      { action: "data.sync", actorId: "host" },
      { action: "api_key.created", actorId: "ada", changes: { name: { from: null, to: "kept" } } },
    ]);
    expect(await publishedOf(tenon, tenantId)).toEqual(["api_key.created"]);
    expect(events).toEqual([]);
    await committed();
    expect(events).toMatchObject([{ type: "api_key.created", name: "kept", actorId: "ada" }]);
  });

  test("a change outside a transaction and its entry are stored together or not at all", async () => {
    const { storage } = host();
    const tenantId = newTenant();
    const { id: keyId } = await createKit(storage).apiKeys.create({ tenantId, name: "Key", scopes: [] });
    const failing = createKit({
      ...storage,
      bind: (handle) => {
        const bound = storage.bind(handle);
        return { ...bound, audit: { ...bound.audit, insert: () => Promise.reject(new Error("refused")) } };
      },
    });
    await expect(failing.apiKeys.disable({ tenantId, keyId })).rejects.toThrow("refused");
    expect((await failing.apiKeys.get({ tenantId, keyId })).status).toBe("active");
  });

  test("changes that meet are each recorded as they happened", async () => {
    const { storage } = host();
    const tenon = createKit(storage);
    const tenantId = newTenant();
    const url = "https://partner.example/hooks";
    const { id: endpointId } = await tenon.endpoints.create({ tenantId, url, eventTypes: ["*"], name: "0" });
    const names = ["1", "2", "3", "4", "5", "6", "7", "8"];
    await Promise.all(names.map((name) => tenon.endpoints.update({ tenantId, endpointId, name })));
    const { items } = await tenon.audit.list({ tenantId, action: "endpoint.updated" });
    const steps = new Map(items.map(({ changes }) => [changes.name?.from, changes.name?.to]));
    const walked = ["0"];
    for (let at: unknown = "0"; steps.has(at); at = steps.get(at)) walked.push(String(steps.get(at)));
    expect(walked).toHaveLength(names.length + 1);
    const { name } = await tenon.endpoints.get({ tenantId, endpointId });
    expect(walked.at(-1)).toBe(name);
  });

  test("what came of a delivery and its webhook to operators are stored together", async () => {
    const { storage } = host();
    const tenon = createKit(storage);
    const tenantId = newTenant();
    const url = "https://partner.example/hooks";
    await tenon.endpoints.create({ tenantId, url, eventTypes: ["*"] });
    await tenon.webhooks.publish({ tenantId, type: "post.published", data: {} });
    await tenon.webhooks.runOnce();
    expect(await publishedOf(tenon, tenantId)).toEqual(["webhook.failed", "endpoint.disabled"]);
    const { items } = await tenon.deliveries.list({ tenantId });
    expect(items).toMatchObject([{ state: "exhausted", failureReason: "gone" }]);
  });
}

function createKit(storage: Storage): Tenon {
  return createTenon({
    storage,
    vaultKeys: [{ id: "test", key: Buffer.alloc(32, 7).toString("base64") }],
    transport: goneTransport,
    lifecycle: {
      operationalTenantId: OPERATORS,
      events: ["api_key.created", "webhook.failed", "endpoint.disabled"],
    },
  });
}

/** Every receiver is gone. */
const goneTransport: HttpTransport = {
  check: () => ({ ok: true }),
  request: async () => ({ ok: true, status: 410, headers: {}, body: new Uint8Array(), truncated: false }),
};

function hear(tenon: Tenon): unknown[] {
  const events: unknown[] = [];
  for (const type of LIFECYCLE_EVENT_TYPES) tenon.on(type, (event) => events.push(event));
  return events;
}

/** The types of the webhooks to operators that tell of a tenant, first one first. */
async function publishedOf(tenon: Tenon, tenantId: string): Promise<readonly string[]> {
  const { items } = await tenon.messages.list({ tenantId: OPERATORS, limit: 100 });
  const bodies = items.map(({ payload }) => JSON.parse(payload));
  return bodies
    .filter(({ data }) => data.tenantId === tenantId)
    .map(({ type }) => type)
    .reverse();
}

let count = 0;

function newTenant(): string {
  count += 1;
  return `${TENANT}-${count}`;
}
