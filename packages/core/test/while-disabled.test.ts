import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const endpoint = { tenantId: TENANT, url: "https://partner.example/hooks", eventTypes: ["*"] };

test("an endpoint that doesn't say keeps what it misses, unless the host says otherwise", async () => {
  const { tenon: holding } = createTestKit();
  expect(await holding.endpoints.create(endpoint)).toMatchObject({ whileDisabled: "hold" });
  const { tenon: skipping } = createTestKit({ webhooks: { whileDisabled: "skip" } });
  expect(await skipping.endpoints.create(endpoint)).toMatchObject({ whileDisabled: "skip" });
  const own = await skipping.endpoints.create({ ...endpoint, whileDisabled: "hold" });
  expect(own).toMatchObject({ whileDisabled: "hold" });
});

test("where the host has disabled endpoints skipped, nothing is written for them", async () => {
  const { tenon } = createTestKit({ webhooks: { whileDisabled: "skip" } });
  const { id: endpointId } = await tenon.endpoints.create(endpoint);
  await tenon.endpoints.disable({ tenantId: TENANT, endpointId });
  await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });
  await tenon.endpoints.enable({ tenantId: TENANT, endpointId });
  expect((await tenon.deliveries.list({ tenantId: TENANT })).items).toEqual([]);
});
