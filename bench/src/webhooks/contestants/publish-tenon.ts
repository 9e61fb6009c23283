import { servePublishing } from "../serve-publishing.js";
import { createKit, setUpEndpoints, TENANT, TEXT } from "../tenon-kit.js";

await servePublishing(async (pool) => {
  const tenon = createKit(pool);
  const endpoints = await setUpEndpoints(pool, tenon);
  await tenon.start();
  return (transaction, { number, sentAtMs }) =>
    tenon.within(transaction).webhooks.publish({
      tenantId: TENANT,
      type: `to.${number % endpoints}`,
      data: { sentAtMs, text: TEXT },
    });
});
