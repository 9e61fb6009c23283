import type { Envelope } from "@tenon/core";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const URL_ = "https://partner.example/hooks";
const atNoon = new Date("2024-01-13T12:00:00.000Z");

const catalogues = {
  "a learning platform's": [
    "SESSION_COMPLETED",
    "BASELINE_COMPLETED",
    "RECOMMENDATION_CREATED",
    "MASTERY_MILESTONE",
    "GOAL_COMPLETED",
    "CONTENT_ASSIGNED",
  ],
  "a publishing tool's": [
    "POST_PUBLISHED",
    "POST_SCHEDULED",
    "POST_FAILED",
    "MENTION_RECEIVED",
    "MESSAGE_RECEIVED",
    "CONVERSATION_ASSIGNED",
    "ALERT_TRIGGERED",
    "CAMPAIGN_STARTED",
    "CAMPAIGN_COMPLETED",
    "APPROVAL_REQUESTED",
    "APPROVAL_COMPLETED",
  ],
  "a voice assistant's": [
    "user.created",
    "user.updated",
    "course.completed",
    "quiz.submitted",
    "file.uploaded",
    "voice.command",
    "system.alert",
  ],
  "a media library's": ["media.created", "media.updated"],
};

async function createEndpoint({ tenon }: TestKit, change: object = {}) {
  return tenon.endpoints.create({ tenantId: TENANT, url: URL_, eventTypes: ["*"], ...change });
}

function sentTexts({ transport }: TestKit): readonly string[] {
  return transport.requests.map(({ body }) => new TextDecoder().decode(body as Uint8Array));
}

/** Publishes one event at noon and returns the body it is sent with. */
async function send(envelope: Envelope, event: { readonly type: string; readonly data: unknown }) {
  const kit = createTestKit({ webhooks: { envelope } });
  kit.clock.advance(atNoon.getTime() - kit.clock.now().getTime());
  await createEndpoint(kit);
  const { message } = await kit.tenon.webhooks.publish({ tenantId: TENANT, ...event });
  await kit.tenon.webhooks.runOnce();
  return { text: sentTexts(kit)[0], messageId: message.id };
}

/** Lets every attempt fail, and tells how many seconds after publishing each was made. */
async function attemptTimes(kit: TestKit): Promise<readonly number[]> {
  kit.transport.answer(...Array.from({ length: 20 }, () => 500));
  const startMs = kit.clock.now().getTime();
  await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "a", data: {} });
  const seconds: number[] = [];
  for (let second = 0; second <= 60; second++) {
    const { attemptCount } = await kit.tenon.webhooks.runOnce();
    if (attemptCount > 0) seconds.push((kit.clock.now().getTime() - startMs) / 1000);
    kit.clock.advance(1000);
  }
  return seconds;
}

describe.each(Object.entries(catalogues))("%s catalogue", (_, types) => {
  test("event types are taken to the letter: each reaches who asked for it, and a misspelt one is refused", async () => {
    const kit = createTestKit({ events: Object.fromEntries(types.map((type) => [type, {}])) });
    for (const type of types) await createEndpoint(kit, { eventTypes: [type] });
    for (const type of types) {
      const { deliveryCount } = await kit.tenon.webhooks.publish({ tenantId: TENANT, type, data: {} });
      expect(deliveryCount).toBe(1);
      const otherCase = type === type.toUpperCase() ? type.toLowerCase() : type.toUpperCase();
      await expect(
        kit.tenon.webhooks.publish({ tenantId: TENANT, type: otherCase, data: {} }),
      ).rejects.toMatchObject({ problems: [{ pointer: "/type" }] });
    }
    await kit.tenon.webhooks.runOnce();
    const sent = sentTexts(kit).map((text) => (JSON.parse(text) as { type: string }).type);
    expect([...sent].sort()).toEqual([...types].sort());
  });
});

describe("a wire format that partners know already", () => {
  test("an envelope that names its workspace is sent to the letter", async () => {
    const data = {
      postId: "post_456",
      platforms: ["INSTAGRAM", "FACEBOOK"],
      content: "Check out our new product!",
      publishedAt: "2024-01-13T12:00:00Z",
    };
    const envelope: Envelope = ({ type, timestamp, tenantId, data: given }) => ({
      event: type,
      timestamp: withoutMilliseconds(timestamp),
      workspaceId: tenantId,
      data: given,
    });
    const { text } = await send(envelope, { type: "POST_PUBLISHED", data });
    expect(text).toBe(
      '{"event":"POST_PUBLISHED","timestamp":"2024-01-13T12:00:00Z","workspaceId":"acme","data":{"postId":"post_456","platforms":["INSTAGRAM","FACEBOOK"],"content":"Check out our new product!","publishedAt":"2024-01-13T12:00:00Z"}}',
    );
  });

  test("an envelope with an id of its event is sent to the letter, its times as the host writes them", async () => {
    const data = {
      course: { id: "course_123", name: "Introduction to AI", score: 95 },
      user: { id: "user_456", name: "John Doe", email: "john@example.com" },
    };
    const envelope: Envelope = ({ type, messageId, timestamp, data: given }) => ({
      event: type,
      eventId: messageId.replace("msg_", "evt_"),
      timestamp: withoutMilliseconds(timestamp),
      data: given,
    });
    const { text, messageId } = await send(envelope, { type: "course.completed", data });
    expect(text).toBe(
      `{"event":"course.completed","eventId":"evt_${messageId.slice(4)}","timestamp":"2024-01-13T12:00:00Z","data":{"course":{"id":"course_123","name":"Introduction to AI","score":95},"user":{"id":"user_456","name":"John Doe","email":"john@example.com"}}}`,
    );
  });

  test("a body survives being parsed and written again, and every attempt and retry sends the same bytes", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: { kind: "list", delaysSeconds: [0, 1] } });
    const data = { text: "é-✓ \u2028", nested: [1.5, null, { z: 1, a: 2 }], slash: "</script>" };
    await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "a", data });
    kit.transport.answer(500, 500, 204);
    await kit.tenon.webhooks.runOnce();
    kit.clock.advance(1000);
    await kit.tenon.webhooks.runOnce();
    const [delivery] = (await kit.tenon.deliveries.list({ tenantId: TENANT })).items;
    await kit.tenon.deliveries.retry({ tenantId: TENANT, deliveryId: delivery?.id ?? "" });
    await kit.tenon.webhooks.runOnce();

    const texts = sentTexts(kit);
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
    expect(JSON.stringify(JSON.parse(texts[0] ?? ""))).toBe(texts[0]);
    expect(kit.transport.requests[0]?.headers["content-type"]).toBe("application/json");
  });
});

describe("a schedule that partners know already", () => {
  test("five attempts are made at 0, 1, 3, 7 and 15 seconds, and no sixth", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, {
      timeoutMs: 30_000,
      retrySchedule: { kind: "list", delaysSeconds: [0, 1, 2, 4, 8] },
    });
    expect(await attemptTimes(kit)).toEqual([0, 1, 3, 7, 15]);
    expect(kit.transport.requests[0]?.timeoutMs).toBe(30_000);
    expect((await kit.tenon.deliveries.list({ tenantId: TENANT })).items[0]).toMatchObject({
      state: "exhausted",
      attemptCount: 5,
    });
  });

  test("three retries that grow twofold are four attempts, for one endpoint or as the host's default", async () => {
    const retrySchedule = {
      kind: "exponential",
      baseSeconds: 1,
      factor: 2,
      maxSeconds: 60,
      attempts: 4,
    } as const;
    const own = createTestKit();
    await createEndpoint(own, { retrySchedule });
    expect(await attemptTimes(own)).toEqual([0, 1, 3, 7]);
    const everywhere = createTestKit({ webhooks: { retrySchedule } });
    await createEndpoint(everywhere);
    expect(await attemptTimes(everywhere)).toEqual([0, 1, 3, 7]);
  });
});

describe("an endpoint", () => {
  test("a generated secret is whsec_ and 32 characters, no two alike", async () => {
    const kit = createTestKit();
    const secrets = [];
    for (let n = 0; n < 20; n++) secrets.push((await createEndpoint(kit)).secret.reveal());
    for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(new Set(secrets).size).toBe(secrets.length);
  });

  test("an endpoint tells when it was last delivered to, and keeps the host's metadata", async () => {
    const kit = createTestKit();
    const { id: endpointId, lastDeliveryAt } = await createEndpoint(kit, { metadata: { team: 7 } });
    expect(lastDeliveryAt).toBeUndefined();
    await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "a", data: {} });
    await kit.tenon.webhooks.runOnce();
    expect(await kit.tenon.endpoints.get({ tenantId: TENANT, endpointId })).toMatchObject({
      lastDeliveryAt: kit.clock.now(),
      metadata: { team: 7 },
    });
  });
});

function withoutMilliseconds(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, "Z");
}
