import { expect } from "vitest";
import type { JsonObject } from "../../black-box/src/call-api.js";
import type { FacadeBench } from "./facade-bench.js";
import type { ProgramBench } from "./program-bench.js";

/** Rows 15 to 17: calls of the façade. */
export const logCalls: Readonly<Record<string, (bench: FacadeBench) => Promise<void>>> = {
  async "15: what is logged is found by its tenant"({ framework }) {
    const { info, list } = framework.loggingService;
    await info("Integration activity", {
      tenantId: "tenant-123",
      action: "data.sync",
      status: "success",
      count: 7,
    });
    expect((await list({ tenantId: "tenant-123", action: "data.sync" })).items).toMatchObject([
      { message: "Integration activity", action: "data.sync", status: "success", metadata: { count: 7 } },
    ]);
    expect((await list({ tenantId: "tenant-456" })).items).toEqual([]);
  },

  async "16: keys created and revoked are in their tenant's audit log"({ framework }) {
    const { integrationAuthService, loggingService } = framework;
    const { id, key } = await integrationAuthService.generateApiKey("t16", "My Integration", ["read:data"]);
    await integrationAuthService.revokeApiKey("t16", id);
    const { items } = await loggingService.list({ tenantId: "t16" });
    expect(items).toMatchObject([
      { action: "api_key.revoked", target: { id }, actorId: "host" },
      { action: "api_key.created", target: { id }, actorId: "host" },
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
    expect((await loggingService.list({ tenantId: "t16-other" })).items).toEqual([]);
  },

  async "17: a tenant's keys and webhooks are nobody else's"({ framework, sink }) {
    const { integrationAuthService, webhookService } = framework;
    const { url } = await sink();
    const key = await integrationAuthService.generateApiKey("tenant-a", "Theirs", []);
    const webhook = await webhookService.createWebhook("tenant-a", "Theirs", url, ["*"]);
    expect((await integrationAuthService.listApiKeys("tenant-a")).items).toMatchObject([{ id: key.id }]);
    expect((await webhookService.listWebhooks("tenant-a")).items).toMatchObject([{ id: webhook.id }]);

    expect((await integrationAuthService.listApiKeys("tenant-b")).items).toEqual([]);
    expect((await webhookService.listWebhooks("tenant-b")).items).toEqual([]);
    await expect(integrationAuthService.revokeApiKey("tenant-b", key.id)).rejects.toMatchObject({
      code: "API_KEY_NOT_FOUND",
    });
    const elsewhere = webhook.id.replace("tenant-a", "tenant-b");
    await expect(webhookService.triggerWebhook(elsewhere, "user.created", {})).rejects.toMatchObject({
      code: "WEBHOOK_NOT_FOUND",
    });
  },
};

/** Row 18: requests. */
export const monitoringRequests: Readonly<Record<string, (bench: ProgramBench) => Promise<void>>> = {
  async "18: monitoring tells a tenant's success and error rates, its retry queue and its alerts"(bench) {
    const [well, failing] = [await bench.sink(), await bench.sink()];
    failing.answer(500);
    const admin = bench.admin("t18");
    for (const [type, { url }] of [
      ["user.created", well],
      ["user.updated", failing],
    ] as const)
      await admin("POST", "/integrations/webhook-endpoints", {
        body: { url, name: type, eventTypes: [type] },
      });
    for (const type of ["user.created", "user.updated"])
      await bench.call("POST", "/_demo/events", { body: { tenant: "t18", type, data: {} } });
    await Promise.all([well.nth(1), failing.nth(4)]);

    const integrations = await expectSoon(
      () => admin("GET", "/monitoring/integrations"),
      ({ webhooks }) => JSON.stringify(webhooks).includes('"exhausted":1'),
    );
    expect(integrations).toMatchObject({
      successRate: 0.2,
      errorRate: 0.8,
      retryQueueDepth: 0,
    });
    expect(integrations.webhooks).toHaveLength(2);
    expect(integrations.webhooks).toContainEqual(
      expect.objectContaining({
        name: "user.updated",
        errorRate: 1,
        failures: { server_error: 4 },
        latencyMs: { p50: expect.any(Number), p95: expect.any(Number) },
      }),
    );
    const { json: alarmed } = await admin("GET", "/monitoring/alerts");
    expect(alarmed).toMatchObject({ unwell: {}, failing: [{ name: "user.updated", errorRate: 1 }] });

    const others = await bench.admin("t18-other")("GET", "/monitoring/integrations");
    expect([others.status, others.json]).toMatchObject([
      200,
      { webhooks: [], activity: [], retryQueueDepth: 0 },
    ]);
    const calm = await bench.admin("t18-other")("GET", "/monitoring/alerts");
    expect([calm.status, calm.json]).toEqual([200, { unwell: {}, failing: [] }]);
    const docs = await bench.call("GET", "/docs/integrations");
    expect([docs.status, docs.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    for (const path of ["/monitoring/integrations", "/monitoring/alerts"]) {
      const refused = await bench.call("GET", path);
      expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
        401,
        expect.stringMatching(/^Bearer/),
      ]);
    }
  },
};

/** Asks until the answer is as expected: outcomes are written down after the receiver has answered. */
async function expectSoon(
  ask: () => Promise<{ readonly json: JsonObject }>,
  isSo: (json: JsonObject) => boolean,
): Promise<JsonObject> {
  const { json } = await ask();
  return isSo(json) ? json : expectSoon(ask, isSo);
}
