import { expect, vi } from "vitest";
import type { JsonObject } from "../../black-box/src/call-api.js";
import { type PlatformBench, TIMEOUT_MS, type Webhook } from "./platform-bench.js";
import { isAccepted } from "./receiver.js";

type Row = (bench: PlatformBench) => Promise<void>;

/** Rows 22 to 26: retries, time-outs, history and a crash. */
export const deliveryRows: Readonly<Record<string, Row>> = {
  async "22: five attempts at 0, +1, +2, +4 and +8 s, each signed anew, and no sixth"({
    webhook,
    emit,
    advance,
  }) {
    const hook = await webhook("t22", "GOAL_COMPLETED");
    hook.sink.answer(500);
    const eventId = await emit("t22", "GOAL_COMPLETED");
    for (const made of [1, 2, 3, 4]) {
      await hook.sink.nth(made);
      const delivery = await failed(hook, made);
      const attempts = attemptsOf(delivery);
      const delayMs = DELAYS_MS[attempts.length - 1] ?? 0;
      const last = attempts.at(-1);
      const endedMs = Date.parse(String(last?.startedAt)) + Number(last?.durationMs);
      const waitMs = Date.parse(String(delivery.nextAttemptAt)) - endedMs;
      expect(waitMs).toBeGreaterThanOrEqual(delayMs);
      expect(waitMs).toBeLessThan(delayMs + 1000);
      await advance(DELAYS_MS[made - 1] ?? 0);
    }
    await hook.sink.nth(5);
    const delivery = await only(hook, "PERMANENT_FAILURE", 5);
    expect(delivery.nextAttemptAt).toBeNull();

    const sentMs = hook.sink.arrivals.map(({ headers }) => Number(headers["x-aivo-timestamp"]));
    for (const [index, delayMs] of DELAYS_MS.entries()) {
      expect((sentMs[index + 1] ?? 0) - (sentMs[index] ?? 0)).toBeGreaterThanOrEqual(delayMs);
    }
    for (const arrival of hook.sink.arrivals) {
      expect(isAccepted(arrival, hook.secret)).toBe(true);
      expect(JSON.parse(arrival.body).id).toBe(eventId);
    }
    await advance(60_000);
    const nextId = await emit("t22", "GOAL_COMPLETED");
    expect(JSON.parse((await hook.sink.nth(6)).body).id).toBe(nextId);
  },

  async "23: two failures and a success are three attempts"({ webhook, emit, advance }) {
    const hook = await webhook("t23", "GOAL_COMPLETED");
    hook.sink.answer(500, 500, 204);
    await emit("t23", "GOAL_COMPLETED");
    for (const made of [1, 2]) {
      await failed(hook, made);
      await advance(made * 1000);
    }
    const delivery = await only(hook, "SUCCESS", 3);
    expect(attemptsOf(delivery).map(({ responseStatus }) => responseStatus)).toEqual([500, 500, 204]);
    expect(hook.sink.arrivals).toHaveLength(3);
  },

  async "24: a receiver that doesn't answer in time has failed, and is tried again"({ webhook, emit }) {
    const hook = await webhook("t24", "GOAL_COMPLETED");
    hook.sink.answer("never", 204);
    await emit("t24", "GOAL_COMPLETED");
    const [first, second] = attemptsOf(await only(hook, "SUCCESS", 2));
    expect(first).toMatchObject({ succeeded: false, failureReason: "timeout", responseStatus: null });
    expect(first?.durationMs).toBeGreaterThanOrEqual(TIMEOUT_MS);
    expect(second).toMatchObject({ succeeded: true, responseStatus: 204 });
  },

  async "25: the history tells of every delivery and its attempts"({ admin, webhook, emit }) {
    const hook = await webhook("t25", "GOAL_COMPLETED", "CONTENT_ASSIGNED");
    const eventId = await emit("t25", "GOAL_COMPLETED");
    const delivery = await only(hook, "SUCCESS", 1);
    expect(delivery).toMatchObject({ webhookId: hook.id, eventId, attemptCount: 1 });
    expect(attemptsOf(delivery)).toEqual([
      expect.objectContaining({ attemptNumber: 1, responseStatus: 204, succeeded: true }),
    ]);

    hook.sink.answer("never");
    await emit("t25", "CONTENT_ASSIGNED");
    await hook.sink.nth(2);
    const path = `/admin/webhooks/${hook.id}/deliveries`;
    const all = await admin("t25")("GET", path);
    expect(all.status).toBe(200);
    expect(all.items.map(({ status }) => status)).toEqual(["PENDING", "SUCCESS"]);
    const failed = await admin("t25")("GET", `${path}?status=PERMANENT_FAILURE`);
    expect([failed.status, failed.items]).toEqual([200, []]);
  },

  async "26: what was due when the process was killed is delivered by the next"({
    webhook,
    emit,
    advance,
    crash,
  }) {
    const hook = await webhook("t26", "GOAL_COMPLETED");
    hook.sink.answer(500);
    const eventId = await emit("t26", "GOAL_COMPLETED");
    await failed(hook, 1);
    await crash();
    hook.sink.answer(204);
    await advance(60_000);
    await vi.waitFor(
      async () => expect(await hook.deliveries()).toMatchObject([{ status: "SUCCESS" }]),
      WAIT,
    );
    const last = hook.sink.arrivals.at(-1);
    expect(last !== undefined && isAccepted(last, hook.secret)).toBe(true);
    expect(JSON.parse(last?.body ?? "{}").id).toBe(eventId);
  },
};

const DELAYS_MS = [1000, 2000, 4000, 8000];
const WAIT = { timeout: 20_000, interval: 25 };

/** The one delivery of a webhook, once it has come to this. */
async function only({ deliveries }: Webhook, status: string, attemptCount: number): Promise<JsonObject> {
  return vi.waitFor(async () => {
    const [delivery = {}, ...others] = await deliveries();
    expect(others).toEqual([]);
    expect([delivery.status, delivery.attemptCount]).toEqual([status, attemptCount]);
    return delivery;
  }, WAIT);
}

/** The one delivery of a webhook while it waits to be tried again, after so many attempts at least: time doesn't stop. */
async function failed({ deliveries }: Webhook, attemptCount: number): Promise<JsonObject> {
  return vi.waitFor(async () => {
    const [delivery = {}, ...others] = await deliveries();
    expect(others).toEqual([]);
    expect(delivery.status).toBe("FAILED");
    expect(delivery.attemptCount).toBeGreaterThanOrEqual(attemptCount);
    return delivery;
  }, WAIT);
}

function attemptsOf({ attempts }: JsonObject): readonly JsonObject[] {
  return attempts as readonly JsonObject[];
}
