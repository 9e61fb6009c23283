import { expect } from "vitest";
import type { PlatformBench } from "./platform-bench.js";
import { isAccepted } from "./receiver.js";

const EVENT_TYPES = [
  "SESSION_COMPLETED",
  "BASELINE_COMPLETED",
  "RECOMMENDATION_CREATED",
  "MASTERY_MILESTONE",
  "GOAL_COMPLETED",
  "CONTENT_ASSIGNED",
];

type Row = (bench: PlatformBench) => Promise<void>;

/** Rows 15 to 21, 27 and 28: what a partner registers, and which events reach it. */
export const endpointRows: Readonly<Record<string, Row>> = {
  async "15: a webhook is registered, and its secret is shown"({ admin, sink }) {
    const body = {
      url: (await sink()).url,
      eventTypes: ["SESSION_COMPLETED", "MASTERY_MILESTONE"],
      description: "Production webhook endpoint",
    };
    const { status, json } = await admin("t15")("POST", "/admin/webhooks", { body });
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...body, id: expect.any(String), isEnabled: true });
    expect(json.secret).toMatch(/^whsec_.{32}$/);
    expect(new Date(String(json.createdAt)).toISOString()).toBe(json.createdAt);
  },

  async "16: a webhook that can't be is answered 400"({ admin, sink }) {
    const { url } = await sink();
    const eventTypes = ["SESSION_COMPLETED"];
    for (const body of [
      { url, eventTypes: ["SESSION_LOST"] },
      { url: "nowhere", eventTypes },
      { url, eventTypes: [] },
    ]) {
      expect((await admin("t16")("POST", "/admin/webhooks", { body })).status).toBe(400);
    }
    expect((await admin("t16")("GET", "/admin/webhooks")).items).toEqual([]);
  },

  async "17: webhooks are listed without their secrets"({ admin, webhook }) {
    const { id, secret } = await webhook("t17", "SESSION_COMPLETED");
    const { status, items, text } = await admin("t17")("GET", "/admin/webhooks");
    expect(status).toBe(200);
    expect(items.map((item) => item.id)).toEqual([id]);
    expect(text).not.toContain("secret");
    expect(text).not.toContain(secret);
  },

  async "18: a webhook that is switched off gets nothing, then or later"({ admin, webhook, emit }) {
    const { id, sink, deliveries } = await webhook("t18", "SESSION_COMPLETED");
    const off = await admin("t18")("PUT", `/admin/webhooks/${id}`, { body: { isEnabled: false } });
    expect([off.status, off.json.isEnabled]).toEqual([200, false]);
    await emit("t18", "SESSION_COMPLETED", { sessionId: "missed" });
    expect(await deliveries()).toEqual([]);
    await admin("t18")("PUT", `/admin/webhooks/${id}`, { body: { isEnabled: true } });
    const eventId = await emit("t18", "SESSION_COMPLETED");
    expect(JSON.parse((await sink.nth(1)).body).id).toBe(eventId);
  },

  async "19: a webhook whose types are changed gets those alone"({ admin, webhook, emit }) {
    const { id, sink, deliveries } = await webhook("t19", "SESSION_COMPLETED");
    const change = { eventTypes: ["GOAL_COMPLETED"], isEnabled: true };
    const { status, json } = await admin("t19")("PUT", `/admin/webhooks/${id}`, { body: change });
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...change, url: sink.url });
    await emit("t19", "SESSION_COMPLETED");
    await emit("t19", "GOAL_COMPLETED");
    expect(JSON.parse((await sink.nth(1)).body).type).toBe("GOAL_COMPLETED");
    expect(await deliveries()).toHaveLength(1);
  },

  async "20: an event arrives signed, and receivers of before accept it"({ webhook, emit }) {
    const { secret, sink } = await webhook("t20", "SESSION_COMPLETED");
    const data = { sessionId: "session-1", durationSeconds: 1800, learnerId: "learner-123" };
    const id = await emit("t20", "SESSION_COMPLETED", data);
    const arrival = await sink.nth(1);
    expect(arrival.method).toBe("POST");
    expect(arrival.headers["content-type"]).toMatch(/^application\/json/);
    expect(arrival.headers["x-aivo-signature"]).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(arrival.headers["x-aivo-timestamp"]).toMatch(/^\d{13}$/);
    expect(isAccepted(arrival, secret)).toBe(true);
    expect(isAccepted(arrival, `${secret}x`)).toBe(false);
    const event = JSON.parse(arrival.body);
    const createdAt = expect.any(String);
    expect(event).toEqual({ id, type: "SESSION_COMPLETED", tenantId: "t20", createdAt, data });
    expect(arrival.body).toBe(JSON.stringify(event));
  },

  async "21: each of the six events arrives where it is subscribed, and at no other tenant's"(bench) {
    const { webhook, emit } = bench;
    const first = await webhook("t21", ...EVENT_TYPES.slice(0, 4));
    const second = await webhook("t21", ...EVENT_TYPES.slice(2));
    const foreign = await webhook("t21-other", ...EVENT_TYPES);
    for (const type of EVENT_TYPES) await emit("t21", type, { learnerId: "learner-123" });
    await emit("t21-other", "GOAL_COMPLETED");
    for (const { sink } of [first, second]) await sink.nth(4);
    await foreign.sink.nth(1);
    const arrived = ({ sink }: typeof first) => sink.arrivals.map(({ body }) => JSON.parse(body).type).sort();
    expect(arrived(first)).toEqual(EVENT_TYPES.slice(0, 4).sort());
    expect(arrived(second)).toEqual(EVENT_TYPES.slice(2).sort());
    expect(arrived(foreign)).toEqual(["GOAL_COMPLETED"]);
    expect(await first.deliveries()).toHaveLength(4);
    expect(await foreign.deliveries()).toHaveLength(1);
  },

  async "27: a deleted webhook gets nothing"({ admin, webhook, emit }) {
    const deleted = await webhook("t27", "GOAL_COMPLETED");
    const other = await webhook("t27", "GOAL_COMPLETED");
    expect((await admin("t27")("DELETE", `/admin/webhooks/${deleted.id}`)).status).toBe(204);
    await emit("t27", "GOAL_COMPLETED");
    await other.sink.nth(1);
    expect(deleted.sink.arrivals).toEqual([]);
    const history = await admin("t27")("GET", `/admin/webhooks/${deleted.id}/deliveries`);
    expect(history.status).toBe(404);
  },

  async "28: another tenant's webhook is answered 404, and stays as it is"({ admin, webhook }) {
    const { id } = await webhook("t28", "GOAL_COMPLETED");
    const before = (await admin("t28")("GET", "/admin/webhooks")).text;
    const stranger = admin("t28-other");
    const path = `/admin/webhooks/${id}`;
    expect((await stranger("PUT", path, { body: { isEnabled: false } })).status).toBe(404);
    expect((await stranger("DELETE", path)).status).toBe(404);
    expect((await stranger("GET", `${path}/deliveries`)).status).toBe(404);
    expect((await stranger("GET", "/admin/webhooks")).items).toEqual([]);
    expect((await admin("t28")("GET", "/admin/webhooks")).text).toBe(before);
  },
};
