import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import {
  after,
  insertEndpoint,
  insertKey,
  newSuccessor,
  OTHER_TENANT,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { claimOne, settle, settlementOf } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const STRANGER = { tenantId: OTHER_TENANT } as const;
const NOW = after(30);

/** One tenant's records, of every kind, with a delivery that failed once and is leased again. */
async function prepareTenant(storage: Storage) {
  const key = await insertKey(storage, { ownerId: "user-7" });
  const endpoint = await insertEndpoint(storage);
  const message = await publish(storage);
  const first = await claimOne(storage, { now: after(1) });
  await settle(storage, first, { kind: "retry", delayMs: 1000 }, after(2));
  const claimed = await claimOne(storage, { now: after(20) });
  return { key, endpoint, message, claimed, deliveryId: claimed.deliveryId };
}

async function readAll(storage: Storage, { deliveryId }: { readonly deliveryId: string }) {
  const request = { tenantId: TENANT, limit: 9 };
  return {
    keys: await storage.apiKeys.list(request),
    endpoints: await storage.endpoints.list(request),
    messages: await storage.messages.list(request),
    deliveries: await storage.deliveries.list({ ...request, now: NOW }),
    attempts: await storage.deliveries.listAttempts({ ...request, deliveryId }),
  };
}

type Prepared = Awaited<ReturnType<typeof prepareTenant>>;

/** Runs one method as another tenant: it must answer as if nothing were there, and change nothing. */
function asStranger(answer: unknown, call: (storage: Storage, of: Prepared) => Promise<unknown>) {
  return async (storage: Storage): Promise<void> => {
    const prepared = await prepareTenant(storage);
    const before = await readAll(storage, prepared);
    assert.deepEqual(await call(storage, prepared), answer);
    assert.deepEqual(await readAll(storage, prepared), before);
  };
}

export const tenantCases = about("another tenant's records", {
  "apiKeys.find sees nothing": asStranger(undefined, ({ apiKeys }, { key }) =>
    apiKeys.find({ ...STRANGER, keyId: key.id }),
  ),
  "apiKeys.list sees nothing": asStranger([], ({ apiKeys }) => apiKeys.list({ ...STRANGER, limit: 9 })),
  "apiKeys.list sees nothing from their cursor": asStranger([], ({ apiKeys }, { key }) =>
    apiKeys.list({ ...STRANGER, limit: 9, cursor: key.id }),
  ),
  "apiKeys.revoke reaches nothing": asStranger(undefined, ({ apiKeys }, { key }) =>
    apiKeys.revoke({ ...STRANGER, keyId: key.id, now: NOW }),
  ),
  "apiKeys.update reaches nothing": asStranger(undefined, ({ apiKeys }, { key }) =>
    apiKeys.update({ ...STRANGER, keyId: key.id, changes: { name: "theirs" } }),
  ),
  "apiKeys.disable reaches nothing": asStranger(undefined, ({ apiKeys }, { key }) =>
    apiKeys.disable({ ...STRANGER, keyId: key.id, now: NOW }),
  ),
  "apiKeys.enable reaches nothing": asStranger(undefined, async ({ apiKeys }, { key }) =>
    apiKeys.enable({ ...STRANGER, keyId: key.id }),
  ),
  "apiKeys.revokeMany reaches nothing, by id nor by owner": asStranger([[], []], async (storage, { key }) => [
    await storage.apiKeys.revokeMany({ ...STRANGER, keyIds: [key.id], now: NOW }),
    await storage.apiKeys.revokeMany({ ...STRANGER, ownerId: "user-7", limit: 9, now: NOW }),
  ]),
  "apiKeys.rotate reaches nothing": asStranger(undefined, ({ apiKeys }, { key }) =>
    apiKeys.rotate({
      ...STRANGER,
      keyId: key.id,
      successor: newSuccessor(),
      graceSeconds: 0,
      now: NOW,
    }),
  ),
  "endpoints.find sees nothing": asStranger(undefined, ({ endpoints }, { endpoint }) =>
    endpoints.find({ ...STRANGER, endpointId: endpoint.id }),
  ),
  "endpoints.list sees nothing": asStranger([], ({ endpoints }) => endpoints.list({ ...STRANGER, limit: 9 })),
  "endpoints.listSecrets sees nothing": asStranger([], ({ endpoints }, { endpoint }) =>
    endpoints.listSecrets({ ...STRANGER, endpointId: endpoint.id, now: NOW }),
  ),
  "endpoints.disable reaches nothing": asStranger(undefined, ({ endpoints }, { endpoint }) =>
    endpoints.disable({ ...STRANGER, endpointId: endpoint.id, reason: "manual", now: NOW }),
  ),
  "endpoints.enable reaches nothing": asStranger(undefined, ({ endpoints }, { endpoint }) =>
    endpoints.enable({ ...STRANGER, endpointId: endpoint.id, now: NOW }),
  ),
  "endpoints.update reaches nothing": asStranger(undefined, ({ endpoints }, { endpoint }) =>
    endpoints.update({ ...STRANGER, endpointId: endpoint.id, changes: { name: "theirs" }, now: NOW }),
  ),
  "endpoints.delete reaches nothing": asStranger(false, ({ endpoints }, { endpoint }) =>
    endpoints.delete({ ...STRANGER, endpointId: endpoint.id, now: NOW }),
  ),
  "endpoints.rotateSecret reaches nothing": asStranger(undefined, ({ endpoints }, { endpoint }) =>
    endpoints.rotateSecret({
      ...STRANGER,
      endpointId: endpoint.id,
      secret: { id: endpoint.id.replace("ep_", "sec_"), sealed: "theirs" },
      overlapSeconds: 0,
      now: NOW,
    }),
  ),
  "messages.publish reaches no endpoint": asStranger(0, async (storage) => {
    const { id: messageId } = await publish(storage, { ...STRANGER });
    const deliveries = await storage.deliveries.list({ ...STRANGER, messageId, limit: 9, now: NOW });
    return deliveries.length;
  }),
  "messages.publish to their endpoint reaches nothing": asStranger(0, async (storage, { endpoint }) => {
    await publish(storage, { ...STRANGER, endpointId: endpoint.id });
    return (await storage.deliveries.list({ ...STRANGER, limit: 9, now: NOW })).length;
  }),
  "messages.find sees nothing": asStranger(undefined, ({ messages }, { message }) =>
    messages.find({ ...STRANGER, messageId: message.id }),
  ),
  "messages.list sees nothing": asStranger([], ({ messages }) => messages.list({ ...STRANGER, limit: 9 })),
  "deliveries.find sees nothing": asStranger(undefined, ({ deliveries }, { deliveryId }) =>
    deliveries.find({ ...STRANGER, deliveryId, now: NOW }),
  ),
  "deliveries.list sees nothing": asStranger([], ({ deliveries }) =>
    deliveries.list({ ...STRANGER, limit: 9, now: NOW }),
  ),
  "deliveries.list sees nothing by their message or endpoint": asStranger(
    [[], []],
    async ({ deliveries }, { message, endpoint }) => [
      await deliveries.list({ ...STRANGER, messageId: message.id, limit: 9, now: NOW }),
      await deliveries.list({ ...STRANGER, endpointId: endpoint.id, limit: 9, now: NOW }),
    ],
  ),
  "deliveries.listAttempts sees nothing": asStranger([], ({ deliveries }, { deliveryId }) =>
    deliveries.listAttempts({ ...STRANGER, deliveryId, limit: 9 }),
  ),
  "deliveries.count counts nothing": asStranger(0, ({ deliveries }, { endpoint }) =>
    deliveries.count({ ...STRANGER, state: "exhausted", endpointId: endpoint.id, limit: 9 }),
  ),
  "replays reach nothing": asStranger(
    [false, false, undefined, { count: 0, cursor: undefined }, { count: 0, cursor: undefined }],
    async ({ replays }, { deliveryId, message, endpoint }) => {
      // Its lease has run out by then: nothing but the tenant keeps it from being reached.
      const late = { ...STRANGER, now: after(600) };
      const walk = { ...late, endpointId: endpoint.id, since: after(-600), limit: 9 };
      return [
        await replays.retry({ ...late, deliveryId }),
        await replays.discard({ ...late, deliveryId }),
        await replays.resend({ ...late, messageId: message.id, endpointId: endpoint.id }),
        await replays.recover(walk),
        await replays.replay(walk),
      ];
    },
  ),
  "queue.settle with their token is lost": asStranger(["lost"], ({ queue }, { claimed }) => {
    const settlement = { ...settlementOf(claimed, { kind: "succeeded" }, NOW), ...STRANGER };
    return queue.settle({ settlements: [settlement], now: NOW });
  }),
});
