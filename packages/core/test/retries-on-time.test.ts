import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const POLL_INTERVAL_MS = 60_000;

test("retries are made when they are due, however seldom a runner polls", async () => {
  const kit = createTestKit({
    webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0, 1, 2, 4, 8] } },
  });
  const { tenon, clock, transport } = kit;
  transport.answer(500, 500, 500, 500, 500);
  await tenon.endpoints.create({ tenantId: TENANT, url: "https://partner.example/hooks", eventTypes: ["*"] });
  const runner = tenon.webhooks.startRunner({ pollIntervalMs: POLL_INTERVAL_MS });
  await until(() => clock.pendingWaits > 0);
  await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });

  const startedAt = clock.now().getTime();
  for (const [made, seconds] of [1, 2, 4, 8].entries()) {
    await until(async () => (await state()) === "retrying" && transport.requests.length === made + 1);
    await until(() => clock.pendingWaits > 0);
    clock.advance(seconds * 1_000);
  }
  await until(async () => (await state()) === "exhausted");
  expect(clock.now().getTime() - startedAt).toBe(15_000);
  expect(transport.requests).toHaveLength(5);
  await runner.stop();

  async function state() {
    return (await tenon.deliveries.list({ tenantId: TENANT })).items[0]?.state;
  }
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (await isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.unreachable("it never came about");
}
