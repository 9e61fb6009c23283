import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newId, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { claimAll, claimOne, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const resendCases = about("messages sent once more", {
  async "a message is resent as a new delivery, whatever the endpoint's filter, once it isn't pending"(
    storage,
  ) {
    const { id: endpointId } = await insertEndpoint(storage, { eventTypes: ["user.*"] });
    const message = await publish(storage, { payload: '{"n":1}', deliverAt: after(3600) });
    const request = { tenantId: TENANT, messageId: message.id, endpointId };
    const first = await storage.replays.resend({ ...request, now: after(10) });
    assert.equal(await storage.replays.resend({ ...request, now: after(11) }), first);
    const claimed = await claimOne(storage, { now: after(12) });
    assert.deepEqual(
      [claimed.deliveryId, claimed.messageId, claimed.payload, claimed.attemptNumber],
      [first, message.id, '{"n":1}', 1],
    );
    assert.equal(await storage.replays.resend({ ...request, now: after(13) }), first);
    await settle(storage, claimed, { kind: "succeeded" }, after(14));
    const ids = new Set([first]);
    for (let second = 20; second < 24; second++) {
      ids.add(await storage.replays.resend({ ...request, now: after(second) }));
      await settle(
        storage,
        await claimOne(storage, { now: after(second) }),
        { kind: "succeeded" },
        after(24),
      );
    }
    assert.equal(ids.size, 5);
    const listed = await storage.deliveries.list({ ...request, limit: 9, now: after(30) });
    assert.deepEqual(new Set(listed.map(({ id }) => id)), ids);
  },

  async "only a message and an endpoint of the tenant are resent, and a deleted endpoint is none"(storage) {
    const { id: endpointId } = await insertEndpoint(storage, { eventTypes: ["user.*"] });
    const other = await insertEndpoint(storage, { tenantId: OTHER_TENANT });
    const { id: messageId } = await publish(storage);
    const resend = (change: object) =>
      storage.replays.resend({ tenantId: TENANT, messageId, endpointId, now: after(1), ...change });
    for (const change of [
      { endpointId: other.id },
      { endpointId: newId("ep") },
      { endpointId: "ep_nope" },
      { messageId: newId("msg") },
      { tenantId: OTHER_TENANT, endpointId: other.id },
    ]) {
      assert.equal(await resend(change), undefined);
    }
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(1) });
    assert.equal(await resend({}), undefined);
    assert.deepEqual(await claimAll(storage, { now: after(2) }), []);
  },

  async "eight callers resend and replay one message to one endpoint: there is one delivery"(storage) {
    const { id: messageId } = await publish(storage);
    const { id: endpointId } = await insertEndpoint(storage, { at: after(1) });
    const request = { tenantId: TENANT, endpointId, now: after(2) };
    const answers = await race<unknown>(8, (index) =>
      index % 2 === 0
        ? storage.replays.resend({ ...request, messageId })
        : storage.replays.replay({ ...request, since: after(0), limit: 9 }),
    );
    const [{ id } = assert.fail("there is a delivery"), ...others] = await storage.deliveries.list({
      ...request,
      limit: 9,
    });
    assert.deepEqual(others, []);
    assert.ok(answers.every((answer) => typeof answer !== "string" || answer === id));
    assert.equal((await claimOne(storage, { now: after(2) })).deliveryId, id);
  },

  async "replaying sends what matches now, was stored since then, and has no delivery there"(storage) {
    const addressed = await insertEndpoint(storage, { eventTypes: ["post.published"] });
    const messages: string[] = [];
    for (let hour = 0; hour < 6; hour++) {
      messages.push((await publish(storage, { at: after(hour * 3600) })).id);
    }
    await publish(storage, { type: "user.created", at: after(3 * 3600 + 1) });
    await publish(storage, { endpointId: addressed.id, at: after(3 * 3600 + 2) });
    const later = await publish(storage, { deliverAt: after(9 * 3600), at: after(6 * 3600) });
    for (const one of await claimAll(storage, { now: after(7 * 3600) })) {
      await settle(storage, one, { kind: "succeeded" }, after(7 * 3600));
    }
    const { id: endpointId } = await insertEndpoint(storage, { eventTypes: ["post.*"], at: after(7 * 3600) });
    const now = after(8 * 3600);
    const own = { tenantId: TENANT, endpointId, now };
    await storage.replays.resend({ ...own, messageId: messages[4] ?? "" });
    let cursor: string | undefined;
    let count = 0;
    do {
      const page = await storage.replays.replay({
        ...own,
        since: after(2 * 3600),
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      assert.ok(page.count <= 2);
      count += page.count;
      cursor = page.cursor;
    } while (cursor !== undefined);
    assert.equal(count, 4);
    const claimed = await claimAll(storage, { now });
    assert.deepEqual(
      claimed.map(({ messageId }) => messageId),
      messages.slice(2),
    );
    assert.deepEqual(await storage.replays.replay({ ...own, since: after(0), limit: 100 }), {
      count: 2,
      cursor: undefined,
    });
    const scheduled = await deliveryTo(storage, later.id, endpointId);
    assert.deepEqual(scheduled?.nextAttemptAt, after(9 * 3600));
  },

  async "channels are honoured by a replay too, and what was skipped while disabled is what it brings"(
    storage,
  ) {
    const { id: endpointId } = await insertEndpoint(storage, { channels: ["blue"], whileDisabled: "skip" });
    const own = { tenantId: TENANT, endpointId };
    await storage.endpoints.disable({ ...own, reason: "manual", now: after(1) });
    const missed = await publish(storage, { channels: ["red", "blue"], at: after(2) });
    await publish(storage, { channels: ["red"], at: after(3) });
    await storage.endpoints.enable({ ...own, now: after(4) });
    const request = { ...own, since: after(0), limit: 9, now: after(5) };
    assert.equal((await storage.replays.replay(request)).count, 1);
    assert.equal((await claimOne(storage, { now: after(5) })).messageId, missed.id);
    assert.equal((await storage.replays.replay(request)).count, 0);
  },

  async "a replay or a resend that is rolled back sends nothing"(storage) {
    const { id: messageId } = await publish(storage);
    const { id: endpointId } = await insertEndpoint(storage, { at: after(1) });
    const request = { tenantId: TENANT, endpointId, now: after(2) };
    await assert.rejects(
      storage.transaction(async (handle) => {
        const { replays } = storage.bind(handle);
        assert.equal((await replays.replay({ ...request, since: after(0), limit: 9 })).count, 1);
        assert.ok(await replays.resend({ ...request, messageId }));
        throw new Error("roll back");
      }),
    );
    assert.deepEqual(await claimAll(storage, { now: after(3) }), []);
  },
});

async function deliveryTo(storage: Storage, messageId: string, endpointId: string) {
  const request = { tenantId: TENANT, messageId, endpointId, limit: 9, now: after(0) };
  return (await storage.deliveries.list(request))[0];
}
