import { expect } from "vitest";
import type { PlatformBench } from "./platform-bench.js";

const event = { tenant: "demo", type: "GOAL_COMPLETED", data: { learnerId: "learner-123" } };

/** What only a demo has. */
export const demoCases: Readonly<Record<string, (bench: PlatformBench) => Promise<void>>> = {
  async "a demo takes events, and refuses those that the platform doesn't have"({ call }) {
    const statusOf = async (body: object) => (await call("POST", "/_demo/events", { body })).status;
    expect(await statusOf(event)).toBe(202);
    expect(await statusOf({ ...event, type: "GOAL_LOST" })).toBe(400);
    expect(await statusOf({ ...event, data: { learnerId: 123 } })).toBe(400);
    expect(await statusOf({ type: event.type })).toBe(400);
    expect((await call("POST", "/_demo/events")).status).toBe(400);
    expect((await call("POST", "/_demo/clock")).status).toBe(400);
  },

  async "a demo's clock goes ahead, and never back"({ call }) {
    const advance = (advanceMs: number) => call("POST", "/_demo/clock", { body: { advanceMs } });
    const before = Date.parse(String((await advance(0)).json.now));
    const after = Date.parse(String((await advance(1000)).json.now));
    expect(after - before).toBeGreaterThanOrEqual(1000);
    expect((await advance(-1)).status).toBe(400);
  },

  async "a demo lists the lifecycle events of its process"({ call, webhook }) {
    const { id } = await webhook("demo", "GOAL_COMPLETED");
    const { status, items } = await call("GET", "/_demo/lifecycle");
    expect(status).toBe(200);
    const created = { type: "endpoint.created", tenantId: "demo" };
    expect(items).toContainEqual(expect.objectContaining({ ...created, endpointId: id }));
  },
};
