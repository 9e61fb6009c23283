import assert from "node:assert/strict";
import { createManagementApi } from "@tenon/core/http";
import type { HttpCases } from "../http-contract.js";
import {
  type CallManagement,
  createEndpoint,
  createKey,
  EVE,
  MANAGED,
  serveManagement,
} from "./management-bench.js";

/** A body that each route would take, so that nothing but the tenant keeps it from being answered. */
const BODIES: Readonly<Record<string, object>> = {
  "apiKeys.create": { name: "Eve's", scopes: [] },
  "apiKeys.update": { name: "taken" },
  "apiKeys.put": { name: "taken" },
  "apiKeys.rotate": { graceSeconds: 0 },
  "endpoints.create": { url: "https://eve.example.com/", eventTypes: ["*"] },
  "endpoints.update": { url: "https://eve.example.com/", enabled: false },
  "endpoints.put": { url: "https://eve.example.com/", enabled: false },
  "deliveries.recover": { since: "2000-01-01T00:00:00Z" },
  "deliveries.replay": { since: "2000-01-01T00:00:00Z" },
};

export const tenantIsolationCases: HttpCases = () => ({
  "management: two tenants, every route: no id of one is readable or writable by the other": async (
    bench,
  ) => {
    const call = await serveManagement(bench);
    const ids = await createRecords(call);
    const tenon = bench.createTenon(MANAGED);
    const { message } = await tenon.webhooks.publish({ tenantId: "acme", type: "post.published", data: {} });
    const [delivery] = (await tenon.deliveries.list({ tenantId: "acme" })).items;
    const known = { ...ids, messageId: message.id, deliveryId: delivery?.id ?? "" };
    const before = await readAll(call);
    const { routes } = createManagementApi(tenon, { principal: () => EVE });

    let tried = 0;
    for (const { route, method, template } of routes) {
      if (route.resource === "eventTypes") continue;
      const name = `${route.resource}.${route.name}`;
      const path = template.replace(/:(\w+)/g, (_, parameter: keyof typeof known) => known[parameter]);
      const body = name === "deliveries.resend" ? { endpointId: ids.endpointId } : BODIES[name];
      const reply = await call(method, path, { as: EVE, ...(body === undefined ? {} : { body }) });
      const place = `${name}: ${reply.status} ${reply.body}`;
      if (path !== template) assert.equal(reply.status, 404, place);
      else assert.ok(reply.status === 200 || reply.status === 201, place);
      for (const id of Object.values(known)) {
        if (path === template) assert.ok(!reply.body.includes(id), place);
      }
      assert.doesNotMatch(reply.body, /acme|Zapier|hooks\.example\.com/, place);
      tried += 1;
    }
    assert.ok(tried >= 30, `only ${tried} routes were tried`);

    // By query and body, the ids of one tenant find nothing of the other either.
    for (const query of [`endpointId=${ids.endpointId}`, `messageId=${message.id}`]) {
      assert.deepEqual((await call("GET", `/deliveries?${query}`, { as: EVE })).json.items, []);
    }
    assert.deepEqual(await readAll(call), before);
  },
});

async function createRecords(call: CallManagement) {
  const [key, endpoint] = [await createKey(call), await createEndpoint(call)];
  return { keyId: String(key.json.id), endpointId: String(endpoint.json.id) };
}

async function readAll(call: CallManagement): Promise<readonly unknown[]> {
  const lists = ["/api-keys", "/webhook-endpoints", "/messages", "/deliveries", "/audit-events"];
  return Promise.all(lists.map(async (path) => (await call("GET", path)).json));
}
