import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { readPages } from "./setup/expectations.js";
import {
  after,
  insertEndpoint,
  newEndpoint,
  newId,
  OTHER_TENANT,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { claimOne } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const endpointCases = about("endpoints", {
  async "an endpoint comes back field by field as it was inserted, enabled, at revision 1"(storage) {
    const endpoint = newEndpoint({
      url: "https://partner.example/hooks?team=%C3%BC&x=1",
      eventTypes: ["post.*", "user.created"],
      channels: ["eu", "Ω"],
      name: "Partner’s blog",
      description: "Blog of the “partner”",
      metadata: { owner: { id: 7, tags: ["a", "b"] } },
      whileDisabled: "skip",
      retrySchedule: { kind: "list", delaysSeconds: [0, 5, 300], jitter: 0.2 },
      timeoutMs: 2_500,
      sealedHeaders: { names: ["X-Team", "authorization"], sealed: '{"ciphertext":"åß…"}' },
      concurrency: 3,
      fifo: true,
      rateLimit: { limit: 20, windowSeconds: 60 },
      integrationId: "int/Ω-7",
      signing: "ed25519",
      publicKey: "whpk_AAAA",
    });
    const secret = { id: newId("sec"), sealed: "sealed" };
    const inserted = await storage.endpoints.insert({ endpoint, secret, now: after(0) });
    assert.deepEqual(inserted, {
      ...endpoint,
      revision: 1,
      createdAt: after(0),
      updatedAt: after(0),
      disabledAt: undefined,
      disabledReason: undefined,
      failingSince: undefined,
      pausedUntil: undefined,
      slowSince: undefined,
      lastDeliveryAt: undefined,
    });
    const { id: endpointId } = endpoint;
    assert.deepEqual(await storage.endpoints.find({ tenantId: TENANT, endpointId }), inserted);
  },

  async "an exponential retry schedule comes back, and a missing one is undefined"(storage) {
    const schedule = {
      kind: "exponential",
      baseSeconds: 2.5,
      factor: 3,
      maxSeconds: 900,
      attempts: 8,
    } as const;
    const own = await insertEndpoint(storage, { retrySchedule: schedule });
    const none = await insertEndpoint(storage, { description: undefined });
    const findSchedule = async (endpointId: string) =>
      (await storage.endpoints.find({ tenantId: TENANT, endpointId }))?.retrySchedule;
    assert.deepEqual(await findSchedule(own.id), schedule);
    assert.equal(await findSchedule(none.id), undefined);
  },

  async "the first secret signs at once, as it was sealed"(storage) {
    const endpoint = newEndpoint();
    const secret = { id: newId("sec"), sealed: '{"ciphertext":"åß…","tag":"x"}' };
    await storage.endpoints.insert({ endpoint, secret, now: after(0) });
    const secrets = await storage.endpoints.listSecrets({
      tenantId: TENANT,
      endpointId: endpoint.id,
      now: after(0),
    });
    assert.deepEqual(secrets, [secret]);
  },

  async "each endpoint has its own secrets, and an unknown one has none"(storage) {
    const [first, second] = [newEndpoint(), newEndpoint()];
    const secretOf = (id: string) => ({ id: newId("sec"), sealed: `sealed for ${id}` });
    const secrets = [secretOf(first.id), secretOf(second.id)] as const;
    await storage.endpoints.insert({ endpoint: first, secret: secrets[0], now: after(0) });
    await storage.endpoints.insert({ endpoint: second, secret: secrets[1], now: after(0) });
    const list = (endpointId: string) =>
      storage.endpoints.listSecrets({ tenantId: TENANT, endpointId, now: after(1) });
    assert.deepEqual(await list(first.id), [secrets[0]]);
    assert.deepEqual(await list(second.id), [secrets[1]]);
    assert.deepEqual(await list(newId("ep")), []);
  },

  async "an endpoint without a secret of its own has none, and its deliveries say what signs instead"(
    storage,
  ) {
    const endpoint = newEndpoint({ signing: "shared" });
    const { id: endpointId } = endpoint;
    await storage.endpoints.insert({ endpoint, now: after(0) });
    assert.deepEqual(
      await storage.endpoints.listSecrets({ tenantId: TENANT, endpointId, now: after(1) }),
      [],
    );
    await publish(storage, { at: after(1) });
    const claimed = await claimOne(storage, { now: after(2) });
    assert.deepEqual([claimed.signing, claimed.secrets], ["shared", []]);
  },

  async "endpoints are listed newest first, in pages that miss and repeat none"(storage) {
    const ids: string[] = [];
    for (let second = 0; second < 7; second++) {
      ids.unshift((await insertEndpoint(storage, { at: after(second) })).id);
      await insertEndpoint(storage, { at: after(second), tenantId: OTHER_TENANT });
    }
    const pages = await readPages(3, (page) => storage.endpoints.list({ tenantId: TENANT, ...page }));
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(
      pages.flat().map((endpoint) => endpoint.id),
      ids,
    );
  },

  async "disabling tells when and why, and is seen by every lookup that follows"(storage) {
    const endpoint = await insertEndpoint(storage);
    const { id: endpointId } = endpoint;
    const disabled = await storage.endpoints.disable({
      tenantId: TENANT,
      endpointId,
      reason: "gone",
      now: after(5),
    });
    assert.deepEqual(disabled?.disabledAt, after(5));
    assert.equal(disabled?.disabledReason, "gone");
    assert.deepEqual(disabled?.updatedAt, after(5));
    assert.ok(disabled && disabled.revision >= endpoint.revision);
    assert.deepEqual(await storage.endpoints.find({ tenantId: TENANT, endpointId }), disabled);
    assert.deepEqual(await storage.endpoints.list({ tenantId: TENANT, limit: 5 }), [disabled]);
  },

  async "disabling twice keeps the first instant and reason"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const request = { tenantId: TENANT, endpointId };
    const first = await storage.endpoints.disable({ ...request, reason: "gone", now: after(5) });
    const second = await storage.endpoints.disable({ ...request, reason: "manual", now: after(9) });
    assert.deepEqual(second, first);
    assert.deepEqual([second?.disabledAt, second?.disabledReason], [after(5), "gone"]);
  },

  async "eight callers disable one endpoint at once: one instant and reason stay, and all are told them"(
    storage,
  ) {
    const { id: endpointId } = await insertEndpoint(storage);
    const answers = await race(8, (index) =>
      storage.endpoints.disable({
        tenantId: TENANT,
        endpointId,
        reason: `reason ${index}`,
        now: after(index),
      }),
    );
    const stored = await storage.endpoints.find({ tenantId: TENANT, endpointId });
    const winner = Number(stored?.disabledReason?.replace("reason ", ""));
    assert.deepEqual(stored?.disabledAt, after(winner), "instant and reason are one caller's");
    for (const answer of answers) assert.deepEqual(answer, stored);
  },

  async "enabling clears when and why; enabling an enabled endpoint changes nothing"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const request = { tenantId: TENANT, endpointId };
    await storage.endpoints.disable({ ...request, reason: "manual", now: after(5) });
    const enabled = await storage.endpoints.enable({ ...request, now: after(9) });
    assert.deepEqual([enabled?.disabledAt, enabled?.disabledReason], [undefined, undefined]);
    assert.deepEqual(enabled?.updatedAt, after(9));
    assert.deepEqual(await storage.endpoints.find(request), enabled);
    assert.deepEqual(await storage.endpoints.enable({ ...request, now: after(12) }), enabled);
  },

  async "an endpoint can be disabled again after it was enabled, with a new instant and reason"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const request = { tenantId: TENANT, endpointId };
    await storage.endpoints.disable({ ...request, reason: "manual", now: after(1) });
    await storage.endpoints.enable({ ...request, now: after(2) });
    const again = await storage.endpoints.disable({ ...request, reason: "gone", now: after(3) });
    assert.deepEqual([again?.disabledAt, again?.disabledReason], [after(3), "gone"]);
  },

  async "an endpoint that isn't there answers undefined"(storage) {
    const request = { tenantId: TENANT, endpointId: newId("ep") };
    assert.equal(await storage.endpoints.find(request), undefined);
    assert.equal(await storage.endpoints.disable({ ...request, reason: "manual", now: after(0) }), undefined);
    assert.equal(await storage.endpoints.enable({ ...request, now: after(0) }), undefined);
  },
});
