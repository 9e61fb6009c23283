import assert from "node:assert/strict";
import { expectConfigError } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { expectStatus, MANAGED, serveManagement } from "./management-bench.js";
import { envelopedApi, learningApi } from "./presented-apis.js";

type Json = Readonly<Record<string, unknown>>;

export const presentationCases: HttpCases = () => ({
  "management: presented as an API of upper-case words and bare lists": async (bench) => {
    const call = await serveManagement(bench, { options: learningApi, config: learningConfig });
    const key = expectStatus(
      await call("POST", "/admin/api-keys", {
        body: { name: "District", scopes: ["READ_LEARNER_PROGRESS"] },
      }),
      201,
    );
    assert.match(String(key.json.key), /^aivo_\w{32}$/);
    assert.equal(key.headers.location, `/manage/admin/api-keys/${key.json.id}`);
    const keys = (await call("GET", "/admin/api-keys")).json as unknown as Json[];
    assert.deepEqual(
      keys.map(({ id }) => id),
      [key.json.id],
    );
    assert.ok(!("key" in (keys[0] ?? {})));
    expectStatus(await call("GET", `/admin/api-keys/${key.json.id}`), 405);
    expectStatus(await call("DELETE", `/admin/api-keys/${key.json.id}`), 204);

    const body = {
      url: "https://hooks.example.com/a",
      eventTypes: ["SESSION_COMPLETED", "MASTERY_MILESTONE"],
      description: "District",
    };
    const endpoint = expectStatus(await call("POST", "/admin/webhooks", { body }), 201).json;
    assert.match(String(endpoint.secret), /^whsec_.{32}$/);
    assert.deepEqual([endpoint.isEnabled, endpoint.eventTypes], [true, body.eventTypes]);
    assert.ok(!("enabled" in endpoint));
    for (const change of [
      { eventTypes: ["LOST"] },
      { eventTypes: [] },
      { url: "nowhere" },
      { enabled: false },
    ]) {
      expectStatus(await call("PUT", `/admin/webhooks/${endpoint.id}`, { body: change }), 400);
    }
    const off = await call("PUT", `/admin/webhooks/${endpoint.id}`, { body: { isEnabled: false } });
    assert.equal(expectStatus(off, 200).json.isEnabled, false);

    await call("PUT", `/admin/webhooks/${endpoint.id}`, { body: { isEnabled: true } });
    const tenon = bench.createTenon(MANAGED);
    await tenon.webhooks.publish({ tenantId: "acme", type: "SESSION_COMPLETED", data: {} });
    const list = async (query = "") => {
      const reply = expectStatus(await call("GET", `/admin/webhooks/${endpoint.id}/deliveries${query}`), 200);
      return (reply.json as unknown as Json[]).map(({ status }) => status);
    };
    assert.deepEqual(await list(), ["PENDING"]);
    await tenon.webhooks.runOnce();
    assert.deepEqual(await list(), ["SUCCESS"]);
    assert.deepEqual(await list("?status=PERMANENT_FAILURE"), []);
    const [delivery] = (await call("GET", `/admin/webhooks/${endpoint.id}/deliveries`))
      .json as unknown as Json[];
    assert.deepEqual(
      ((delivery?.attempts ?? []) as Json[]).map(({ responseStatus }) => responseStatus),
      [204],
    );
    const own = await call("GET", `/admin/webhooks/${endpoint.id}/deliveries?status=exhausted`);
    assert.deepEqual((expectStatus(own, 400).json.errors as Json[])[0]?.parameter, "status");
  },

  "management: presented as an API with envelopes around data and errors": async (bench) => {
    const call = await serveManagement(bench, { options: envelopedApi, path: "/integrations" });
    const body = { integrationId: "int_7", url: "https://hooks.example.com/a", events: ["media.created"] };
    const created = expectStatus(await call("POST", "/webhooks", { body }), 201).json;
    const { data } = created as { data: Json };
    assert.deepEqual([created.success, data.isActive, data.integrationId], [true, true, "int_7"]);
    const path = `/webhooks/${data.id}`;
    const patched = await call("PATCH", path, { body: { isActive: false } });
    assert.equal((patched.json as { data: Json }).data.isActive, false);
    const listed = await call("GET", `${path}/deliveries`);
    assert.deepEqual(expectStatus(listed, 200).json, { success: true, data: [] });
    const deleted = expectStatus(await call("DELETE", path), 200);
    assert.deepEqual(deleted.json, { success: true, data: null });
    const gone = await call("PATCH", path, { body: { isActive: true } });
    assert.deepEqual(expectStatus(gone, 404).json, {
      success: false,
      error: {
        code: "WEBHOOK_NOT_FOUND",
        message: `This tenant has no endpoint ${JSON.stringify(data.id)}.`,
      },
    });
    const nobody = await call("GET", `${path}/deliveries`, { as: undefined });
    assert.equal((expectStatus(nobody, 401).json.error as Json).code, "UNAUTHORIZED");
    expectStatus(await call("GET", "/webhooks"), 405);
    expectStatus(await call("GET", "/api-keys"), 404);
  },

  "management: a presentation that names what isn't there is found when the API is built": async (bench) => {
    const { framework, tenon } = bench;
    const principal = () => undefined;
    const build = (options: object) => () => framework.managementApi(tenon, { principal, ...options });
    expectConfigError(build({ routes: { webhooks: {} } }), "/routes/webhooks");
    expectConfigError(build({ routes: { apiKeys: { only: ["make"] } } }), "/routes/apiKeys/only/0");
    expectConfigError(build({ routes: { apiKeys: { omit: ["make"] } } }), "/routes/apiKeys/omit/0");
    expectConfigError(
      build({ routes: { apiKeys: { fields: { nmae: "title" } } } }),
      "/routes/apiKeys/fields/nmae",
    );
    expectConfigError(build({ routes: { apiKeys: { path: "keys" } } }), "/routes/apiKeys/path");
    expectConfigError(build({ routes: { apiKeys: { path: "/:tenantId/keys" } } }), "/routes/apiKeys/path");
    const noParameter = { routes: { get: { path: "/key" } } };
    expectConfigError(build({ routes: { apiKeys: noParameter } }), "/routes/apiKeys/routes/get/path");
    const unknownParameter = { routes: { get: { path: "/:tenantId/:keyId" } } };
    expectConfigError(build({ routes: { apiKeys: unknownParameter } }), "/routes/apiKeys/routes/get/path");
    expectConfigError(build({ routes: { apiKeys: { fields: { name: "id" } } } }), "/routes");
    expectConfigError(build({ routes: { apiKeys: { routes: { update: { method: "PUT" } } } } }), "/routes");
    const fixed = { routes: { list: { query: { include: "everything" } } } };
    expectConfigError(
      build({ routes: { deliveries: fixed } }),
      "/routes/deliveries/routes/list/query/include",
    );
    expectConfigError(build({ cors: { origins: "*", credentials: true } }), "/cors/credentials");
    expectConfigError(build({ maxBodyBytes: 0 }), "/maxBodyBytes");
    expectConfigError(build({ principal: "ada" }), "/principal");
    expectConfigError(build({ prefix: "/v1" }), "");
  },
});

const learningConfig = {
  apiKeys: { prefix: "aivo", environments: [], body: { characters: 32 } },
  scopes: { READ_LEARNER_PROGRESS: "", READ_SESSION_DATA: "", WRITE_EXTERNAL_EVENTS: "" },
  events: { SESSION_COMPLETED: {}, MASTERY_MILESTONE: {}, GOAL_COMPLETED: {} },
};
