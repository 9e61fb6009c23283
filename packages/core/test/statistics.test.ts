import { describe, expect, test } from "vitest";
import { createTestKit, response, TENANT } from "./kit.js";

const HOUR_MS = 3_600_000;

async function createEndpoint({ tenon }: ReturnType<typeof createTestKit>) {
  const url = "https://partner.example/hooks";
  const retrySchedule = { kind: "list" as const, delaysSeconds: [0, 3600] };
  return (await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"], retrySchedule })).id;
}

describe("statistics of an endpoint", () => {
  test("tell attempts, deliveries, rate, times and reasons of every hour, and of all together", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    const post = { tenantId: TENANT, type: "post.published", data: {} };
    const startsAt = kit.clock.now();
    kit.transport.answer(200, 500, response(503));
    for (let count = 0; count < 3; count++) await kit.tenon.webhooks.publish(post);
    await kit.tenon.webhooks.runOnce();
    kit.clock.advance(HOUR_MS);
    kit.transport.answer(200, 404);
    await kit.tenon.webhooks.runOnce();
    kit.clock.advance(HOUR_MS);
    const to = new Date(kit.clock.now().getTime() + 1);
    const statistics = await kit.tenon.endpoints.statistics({
      tenantId: TENANT,
      endpointId,
      from: startsAt,
      to,
    });
    const latencyMs = { p50: 0, p95: 0 };
    expect(statistics.periods).toEqual([
      {
        startsAt,
        attempts: { succeeded: 1, failed: 2 },
        deliveries: { succeeded: 1, exhausted: 0 },
        successRate: 1 / 3,
        latencyMs,
        failures: { server_error: 2 },
      },
      {
        startsAt: new Date(startsAt.getTime() + HOUR_MS),
        attempts: { succeeded: 1, failed: 1 },
        deliveries: { succeeded: 1, exhausted: 1 },
        successRate: 0.5,
        latencyMs,
        failures: { client_error: 1 },
      },
      {
        startsAt: new Date(startsAt.getTime() + 2 * HOUR_MS),
        attempts: { succeeded: 0, failed: 0 },
        deliveries: { succeeded: 0, exhausted: 0 },
        successRate: undefined,
        latencyMs: undefined,
        failures: {},
      },
    ]);
    expect(statistics.total).toEqual({
      attempts: { succeeded: 2, failed: 3 },
      deliveries: { succeeded: 2, exhausted: 1 },
      successRate: 0.4,
      latencyMs,
      failures: { server_error: 2, client_error: 1 },
    });
  });

  test("show the last 24 hours, or 30 days, where no time is given", async () => {
    const kit = createTestKit();
    const endpoint = { tenantId: TENANT, endpointId: await createEndpoint(kit) };
    expect((await kit.tenon.endpoints.statistics(endpoint)).periods).toHaveLength(24);
    const days = await kit.tenon.endpoints.statistics({ ...endpoint, granularity: "day" });
    expect(days.periods).toHaveLength(30);
  });

  test("refuse an endpoint that isn't the tenant's, a time that runs backwards, and one that is too long", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    const { statistics } = kit.tenon.endpoints;
    await expect(statistics({ tenantId: "globex", endpointId })).rejects.toMatchObject({
      code: "WEBHOOK_NOT_FOUND",
    });
    const [from, to] = [new Date(0), new Date(1001 * HOUR_MS)];
    for (const range of [
      { from: to, to: from },
      { from, to },
    ]) {
      await expect(statistics({ tenantId: TENANT, endpointId, ...range })).rejects.toMatchObject({
        code: "VALIDATION_FAILED",
        problems: [{ pointer: "/from" }],
      });
    }
  });
});
