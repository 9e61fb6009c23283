import type { HttpRequest, HttpResult } from "@tenon/core/ports";
import { expect, test } from "vitest";
import { createTestKit, response, TENANT, type TestKit } from "./kit.js";

const DAY_MS = 86_400_000;
const daily = { kind: "list" as const, delaysSeconds: [0, ...Array<number>(20).fill(86_400)] };
const timedOut = { ok: false, failure: "timeout", message: "no answer in time" } as const;

async function publishTo({ tenon }: TestKit) {
  const { id: endpointId } = await tenon.endpoints.create({
    tenantId: TENANT,
    url: "https://partner.example/hooks",
    eventTypes: ["*"],
    retrySchedule: daily,
  });
  await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });
  return { tenantId: TENANT, endpointId };
}

async function failDaily(kit: TestKit, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    kit.transport.answer(500);
    await kit.tenon.webhooks.runOnce();
    kit.clock.advance(DAY_MS);
  }
}

test("an endpoint that fails for five days is warned of once, then disabled, and both are in the log", async () => {
  const kit = createTestKit();
  const reference = await publishTo(kit);
  const failingSince = kit.clock.now();
  await failDaily(kit, 5);
  expect(await kit.tenon.endpoints.get(reference)).toMatchObject({
    disabledAt: undefined,
    failingSince,
    lastDeliveryAt: new Date(kit.clock.now().getTime() - DAY_MS),
  });
  expect(kit.logLines.filter((line) => line.includes("goes on failing"))).toHaveLength(1);
  await failDaily(kit, 2);
  expect(kit.transport.requests).toHaveLength(6);
  expect(await kit.tenon.endpoints.get(reference)).toMatchObject({ disabledReason: "failing" });
  expect(kit.logLines.filter((line) => line.includes("was disabled"))).toHaveLength(1);

  const enabled = await kit.tenon.endpoints.enable(reference);
  expect(enabled).toMatchObject({ failingSince: undefined, disabledAt: undefined });
  await failDaily(kit, 2);
  expect((await kit.tenon.endpoints.get(reference)).disabledAt).toBeUndefined();
});

test("one success in between begins the days anew", async () => {
  const kit = createTestKit();
  const reference = await publishTo(kit);
  await failDaily(kit, 4);
  await kit.tenon.webhooks.runOnce();
  kit.clock.advance(2 * DAY_MS);
  await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });
  await failDaily(kit, 2);
  expect((await kit.tenon.endpoints.get(reference)).disabledAt).toBeUndefined();
});

test("the days are the host's to choose, and false is never", async () => {
  const never = createTestKit({ webhooks: { disableAfterDays: false } });
  const kept = await publishTo(never);
  await failDaily(never, 12);
  expect((await never.tenon.endpoints.get(kept)).disabledAt).toBeUndefined();
  expect(never.logLines).toEqual([]);

  const one = createTestKit({ webhooks: { disableAfterDays: 1 } });
  const off = await publishTo(one);
  await failDaily(one, 2);
  expect((await one.tenon.endpoints.get(off)).disabledReason).toBe("failing");
  expect(() => createTestKit({ webhooks: { disableAfterDays: 0 } })).toThrow();
});

test("a noisy neighbour that hangs with 1,000 due keeps nobody waiting: 20 healthy endpoints are served beside it", async () => {
  const started: string[] = [];
  const hanging: (() => void)[] = [];
  const kit = createTestKit({
    transport: {
      check: () => ({ ok: true }),
      request: ({ url }: HttpRequest) => {
        started.push(new URL(url).hostname);
        if (!url.includes("noisy"))
          return Promise.resolve({
            ok: true,
            status: 204,
            headers: {},
            body: new Uint8Array(),
            truncated: false,
          });
        return new Promise((resolve) => hanging.push(() => resolve(timedOut)));
      },
    },
  });
  const { endpoints, webhooks } = kit.tenon;
  const createAt = (name: string) =>
    endpoints.create({ tenantId: TENANT, url: `https://${name}.example/`, eventTypes: [`${name}.*`] });
  await createAt("noisy");
  for (let count = 0; count < 20; count++) await createAt(`healthy-${count}`);
  const flood = Array.from({ length: 1_000 }, () => ({ type: "noisy.event", data: {} }));
  await webhooks.publishMany({ tenantId: TENANT, messages: flood });
  const publishHealthy = () =>
    webhooks.publishMany({
      tenantId: TENANT,
      messages: Array.from({ length: 20 }, (_, count) => ({ type: `healthy-${count}.event`, data: {} })),
    });
  const countStarted = (name: string) => started.filter((host) => host.startsWith(name)).length;
  await publishHealthy();
  const runner = webhooks.startRunner({ slots: 16 });
  await until(() => countStarted("healthy") === 20 && hanging.length >= 4);
  expect(hanging).toHaveLength(4);

  for (const giveUp of hanging.splice(0)) giveUp();
  await until(() => hanging.length > 0);
  await publishHealthy();
  await until(() => countStarted("healthy") === 40);
  expect(hanging).toHaveLength(1);

  const stopped = runner.stop();
  for (const giveUp of hanging) giveUp();
  await stopped;
});

test("an endpoint that refuses everything gets one request at a time, until it takes one", async () => {
  let answer: HttpResult = { ok: false, failure: "connect", message: "refused" };
  let underWay = 0;
  let most = 0;
  const kit = createTestKit({
    webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0, 60, 60] } },
    transport: {
      check: () => ({ ok: true }),
      request: async () => {
        most = Math.max(most, ++underWay);
        // Long enough for others to begin, however busy the machine is.
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return answer;
      },
    },
  });
  const url = "https://partner.example/";
  const { id } = await kit.tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"] });
  const messages = Array.from({ length: 40 }, () => ({ type: "post.published", data: {} }));
  await kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages });
  const runAll = async () => {
    most = 0;
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 40 });
    kit.clock.advance(60_000);
    return most;
  };
  const find = () => kit.tenon.endpoints.get({ tenantId: TENANT, endpointId: id });

  const failedAt = kit.clock.now();
  expect(await runAll()).toBeGreaterThan(1);
  expect((await find()).slowSince).toEqual(failedAt);
  expect(await runAll()).toBe(1);
  answer = response(204);
  expect(await runAll()).toBeGreaterThan(1);
  expect((await find()).slowSince).toBeUndefined();
});

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5_000; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.unreachable("it never came about");
}
