import { describe, expect, test } from "vitest";
import { createTestKit, TENANT } from "../kit.js";
import { serveApi } from "./serve-api.js";
import { socialApi } from "./social-api.js";

const list = (json: unknown) => json as readonly Readonly<Record<string, unknown>>[];

describe("an API with statuses, limits by the hour and day, and plain errors", () => {
  test("keys are created, read and revoked in its own words", async () => {
    const call = await serveApi(createTestKit().tenon, socialApi);
    const sample = {
      name: "Zapier",
      scopes: ["posts:read", "posts:write"],
      rateLimitPerHour: 1000,
      rateLimitPerDay: 10_000,
      expiresAt: "2095-12-31T23:59:59Z",
    };
    const { status, json } = await call("POST", "/api-keys", sample);
    expect(status).toBe(201);
    expect(json).toMatchObject({ status: "ACTIVE", rateLimitPerHour: 1000, rateLimitPerDay: 10_000 });
    expect(json.key).toMatch(/^sk_live_/);
    expect(json).not.toHaveProperty("limits");
    const small = await call("POST", "/api-keys", { name: "Test Key", scopes: ["posts:read"] });
    expect([small.status, small.json.rateLimitPerHour]).toEqual([201, null]);
    expect(list((await call("GET", "/api-keys")).json)).toHaveLength(2);

    expect((await call("DELETE", `/api-keys/${json.id}`)).status).toBe(204);
    expect((await call("GET", `/api-keys/${json.id}`)).json).toMatchObject({ status: "REVOKED" });
  });

  test("errors name the fields of its own", async () => {
    const call = await serveApi(createTestKit().tenon, socialApi);
    const broken = await call("POST", "/api-keys", { name: "x", scopes: [], rateLimitPerHour: "many" });
    expect([broken.status, broken.json]).toEqual([
      400,
      { statusCode: 400, message: "rateLimitPerHour: Invalid input: expected number, received string" },
    ]);
    const unknown = await call("GET", "/api-keys/key_1");
    expect([unknown.status, unknown.json]).toEqual([
      404,
      { statusCode: 404, message: 'This tenant has no API key "key_1".' },
    ]);
    const tooLarge = await call("POST", "/api-keys", { name: "x", scopes: [], rateLimitPerHour: 1e12 });
    expect(tooLarge.json.message).toMatch(/^rateLimitPerHour: /);
    const hidden = await call("POST", "/api-keys", { name: "x", scopes: [], limits: [] });
    expect(hidden.json.message).toBe("limits: is not a field of this request");
  });

  test("webhooks are changed, and their deliveries retried, in its own words", async () => {
    const { tenon, transport } = createTestKit();
    const call = await serveApi(tenon, socialApi);
    const hook = {
      name: "My hook",
      url: "https://hooks.example.com/a",
      events: ["POST_PUBLISHED"],
      headers: { "X-Custom-Header": "value" },
      retryConfig: { maxRetries: 0, backoffMultiplier: 2 },
    };
    const webhook = (await call("POST", "/webhooks", hook)).json;
    const { retryConfig, url } = hook;
    expect(webhook).toMatchObject({ status: "ACTIVE", events: ["POST_PUBLISHED"], retryConfig });
    expect(webhook.secret).toMatch(/^whsec_/);
    const events = ["POST_PUBLISHED", "POST_FAILED"];
    const put = await call("PUT", `/webhooks/${webhook.id}`, { events });
    expect([put.status, put.json]).toMatchObject([200, { events, url, retryConfig }]);
    const broken = await call("PUT", `/webhooks/${webhook.id}`, { retryConfig: { maxRetries: -1 } });
    expect([broken.status, broken.json.message]).toEqual([400, expect.stringMatching(/^retryConfig/)]);

    await tenon.webhooks.publish({ tenantId: TENANT, type: "POST_PUBLISHED", data: {} });
    transport.answer(500);
    await tenon.webhooks.runOnce();
    const [delivery] = list((await call("GET", `/webhooks/${webhook.id}/deliveries`)).json);
    expect(delivery).toMatchObject({ state: "exhausted" });
    const retried = await call("POST", `/webhooks/${webhook.id}/deliveries/${delivery?.id}/retry`);
    expect([retried.status, retried.json.state]).toEqual([200, "retrying"]);
    const off = await call("PUT", `/webhooks/${webhook.id}`, { status: "INACTIVE" });
    expect([off.status, off.json.status]).toEqual([200, "INACTIVE"]);
  });
});
