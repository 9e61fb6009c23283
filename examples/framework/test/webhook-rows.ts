import { createHmac } from "node:crypto";
import { signWebhook, verifyWebhook } from "@tenon/verify-webhook";
import { expect, vi } from "vitest";
import type { FacadeBench } from "./facade-bench.js";
import { type ProgramBench, WEBHOOK_SECRET } from "./program-bench.js";

const EVENTS = ["user.created", "user.updated"];
const PAYLOAD = { userId: "123", name: "John" };

/** Rows 7 to 12: calls of the façade. */
export const webhookCalls: Readonly<Record<string, (bench: FacadeBench) => Promise<void>>> = {
  async "7: a webhook has an id and a secret"({ framework, sink }) {
    const { url } = await sink();
    const webhook = await framework.webhookService.createWebhook("tenant-123", "My Webhook", url, EVENTS);
    expect(webhook).toMatchObject({ tenantId: "tenant-123", name: "My Webhook", url, events: EVENTS });
    expect([webhook.id, webhook.secret]).toEqual([
      expect.stringMatching(/./),
      expect.stringMatching(/^whsec_/),
    ]);
  },

  async "8: a triggered event arrives signed, and its delivery has succeeded"(bench) {
    const { webhookService } = bench.framework;
    const { sink, id, secret } = await createWebhook(bench, "t8");
    expect(await webhookService.triggerWebhook(id, "user.created", PAYLOAD)).toMatchObject({
      webhookId: id,
      status: "success",
      attempts: 1,
    });
    const { headers, body } = await sink.nth(1);
    const now = bench.clock.now();
    expect(JSON.parse(body)).toEqual({ event: "user.created", timestamp: now.toISOString(), data: PAYLOAD });
    await expect(verifyWebhook(body, headers, secret)).resolves.toBeDefined();
    const hex = createHmac("sha256", secret).update(body).digest("hex");
    expect(headers["x-webhook-signature"]).toBe(hex);
  },

  async "9: an event that a webhook doesn't take is refused, and nothing is sent"(bench) {
    const { tenon, webhookService } = bench.framework;
    const { sink, id } = await createWebhook(bench, "t9");
    await expect(webhookService.triggerWebhook(id, "user.deleted", {})).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await tenon.webhooks.publish({ tenantId: "t9", type: "user.deleted", data: {} });
    await bench.deliverDue();
    expect(sink.arrivals).toEqual([]);
    expect((await tenon.deliveries.list({ tenantId: "t9" })).items).toEqual([]);
  },

  async "10: four attempts at 0, +1, +2 and +4 s; then it is given up, and logged"(bench) {
    const { tenon, webhookService, loggingService } = bench.framework;
    const { sink, id } = await createWebhook(bench, "t10");
    sink.answer(500);
    const { id: deliveryId, status } = await webhookService.triggerWebhook(id, "user.created", PAYLOAD);
    expect(status).toBe("retrying");
    for (const [index, delayMs] of [1000, 2000, 4000].entries()) {
      bench.clock.advance(delayMs - 1);
      expect(await bench.deliverDue()).toBe(0);
      bench.clock.advance(1);
      expect(await bench.deliverDue()).toBe(1);
      expect(sink.arrivals).toHaveLength(index + 2);
    }
    bench.clock.advance(86_400_000);
    expect(await bench.deliverDue()).toBe(0);
    expect(sink.arrivals).toHaveLength(4);
    expect((await tenon.deliveries.list({ tenantId: "t10" })).items).toMatchObject([
      { id: deliveryId, state: "exhausted", attemptCount: 4, failureReason: "server_error" },
    ]);
    await vi.waitFor(async () => {
      const { items } = await loggingService.list({ tenantId: "t10", action: "webhook.failed" });
      expect(items).toMatchObject([{ status: "failure", metadata: { deliveryId, responseStatus: 500 } }]);
    });
  },

  async "11: a receiver slower than WEBHOOK_TIMEOUT has failed, and is tried again"(bench) {
    const framework = bench.configure({ WEBHOOK_TIMEOUT: "200" });
    const { sink, id } = await createWebhook(bench, "t11");
    sink.answer("never", 204);
    const delivery = await framework.webhookService.triggerWebhook(id, "user.created", PAYLOAD);
    expect(delivery.status).toBe("retrying");
    const reference = { tenantId: "t11", deliveryId: delivery.id };
    expect(await framework.tenon.deliveries.attempts(reference)).toMatchObject([
      { failureReason: "timeout" },
    ]);
    bench.clock.advance(1000);
    expect(await bench.deliverDue(framework)).toBe(1);
    expect((await framework.tenon.deliveries.list({ tenantId: "t11" })).items).toMatchObject([
      { state: "succeeded", attemptCount: 2 },
    ]);
  },

  async "12: processWebhookDelivery resolves to the delivery, with its status"(bench) {
    const { webhookService } = bench.framework;
    const { sink, id: webhookId } = await createWebhook(bench, "t12");
    const event = { webhookId, event: "user.updated", payload: PAYLOAD };
    const delivered = await webhookService.processWebhookDelivery(event);
    expect(delivered).toMatchObject({ id: expect.stringMatching(/^dlv_/), webhookId, status: "success" });
    sink.answer(503);
    expect(await webhookService.processWebhookDelivery(event)).toMatchObject({ status: "retrying" });
  },
};

/** Rows 13 and 14: requests. */
export const webhookRequests: Readonly<Record<string, (bench: ProgramBench) => Promise<void>>> = {
  async "13: a signed webhook gets to its route, parsed"({ call }) {
    const event = { event: "user.created", timestamp: new Date().toISOString(), data: PAYLOAD };
    const headers = await signWebhook(JSON.stringify(event), { secret: WEBHOOK_SECRET, id: "msg_13" });
    const reply = await call("POST", "/webhook", { headers, body: event });
    expect([reply.status, reply.json]).toEqual([
      200,
      { received: true, id: "msg_13", type: "user.created", event },
    ]);
  },

  async "14: a webhook that was changed, or that nobody signed, is answered 401"({ call }) {
    const event = { event: "user.created", timestamp: new Date().toISOString(), data: PAYLOAD };
    const headers = await signWebhook(JSON.stringify(event), { secret: WEBHOOK_SECRET });
    for (const reply of [
      await call("POST", "/webhook", { headers, body: { ...event, event: "user.deleted" } }),
      await call("POST", "/webhook", { body: event }),
    ])
      expect([reply.status, reply.json.code]).toEqual([401, "SIGNATURE_INVALID"]);
  },
};

async function createWebhook({ framework, sink: openSink }: FacadeBench, tenantId: string) {
  const sink = await openSink();
  const webhook = await framework.webhookService.createWebhook(tenantId, "My Webhook", sink.url, EVENTS);
  return { ...webhook, sink };
}
