import assert from "node:assert/strict";
import type { HttpCases } from "../http-contract.js";
import { createKey, EVE, expectStatus, serveManagement } from "./management-bench.js";

export const apiKeyRouteCases: HttpCases = () => ({
  "management: a key is created, and its text is shown this once": async (bench) => {
    const call = await serveManagement(bench);
    const created = await createKey(call, {
      limits: [{ name: "hour", limit: 5, windowSeconds: 3600 }],
      expiresAt: "2090-01-01T00:00:00+01:00",
    });
    const { id, key, ...shown } = created.json;
    assert.match(String(key), /^sk_live_\w{40,}$/);
    assert.equal(created.headers.location, `/manage/api-keys/${id}`);
    assert.equal(created.headers["cache-control"], "no-store");
    assert.equal(shown.name, "Zapier");
    assert.equal(shown.status, "active");
    assert.equal(shown.expiresAt, "2089-12-31T23:00:00.000Z");
    assert.equal(shown.ownerId, null);
    assert.ok(!("tenantId" in shown) && !("hash" in shown));

    const read = expectStatus(await call("GET", `/api-keys/${id}`), 200);
    assert.deepEqual(read.json, { id, ...shown });
    const listed = expectStatus(await call("GET", "/api-keys"), 200);
    assert.deepEqual(listed.json, { items: [{ id, ...shown }], nextCursor: null });
    assert.ok(!read.body.includes(String(key)) && !listed.body.includes(String(key)));
    const verdict = await bench.tenon.apiKeys.authenticate({ key: String(key), scopes: ["posts:read"] });
    assert.equal(verdict.ok, true);
  },

  "management: PATCH and PUT change what is given and keep the rest": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call, { ownerId: "ada", metadata: { plan: "pro" } })).json;
    const patched = expectStatus(await call("PATCH", `/api-keys/${id}`, { body: { name: "Make" } }), 200);
    assert.equal(patched.json.name, "Make");
    assert.equal(patched.json.ownerId, "ada");
    const put = expectStatus(await call("PUT", `/api-keys/${id}`, { body: { ownerId: null } }), 200);
    assert.deepEqual([put.json.name, put.json.ownerId], ["Make", null]);
    assert.deepEqual(put.json.metadata, { plan: "pro" });
  },

  "management: a key is disabled, enabled, rotated and revoked": async (bench) => {
    const call = await serveManagement(bench);
    const { id, key } = (await createKey(call)).json;
    const state = async () => {
      const verdict = await bench.createTenon().apiKeys.authenticate({ key: String(key), scopes: [] });
      return verdict.ok || verdict.reason;
    };
    const disabled = expectStatus(await call("POST", `/api-keys/${id}/disable`), 200);
    assert.deepEqual([disabled.json.status, await state()], ["disabled", "disabled"]);
    expectStatus(await call("POST", `/api-keys/${id}/enable`), 200);
    assert.equal(await state(), true);

    const rotated = await call("POST", `/api-keys/${id}/rotate`, { body: { graceSeconds: 3600 } });
    const successor = expectStatus(rotated, 201).json;
    assert.notEqual(successor.key, key);
    assert.equal(successor.predecessorId, id);
    assert.equal(rotated.headers.location, `/manage/api-keys/${successor.id}`);
    assert.equal(await state(), true);

    const revoked = expectStatus(await call("DELETE", `/api-keys/${id}`), 204);
    assert.equal(revoked.body, "");
    assert.equal(await state(), "revoked");
    assert.equal((await call("GET", `/api-keys/${id}`)).json.status, "revoked");
    expectStatus(await call("PATCH", `/api-keys/${id}`, { body: { name: "again" } }), 409);
  },

  "management: a key's calls are counted": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call)).json;
    const usage = expectStatus(await call("GET", `/api-keys/${id}/usage?granularity=day`), 200);
    assert.deepEqual(usage.json, { periods: [], total: {} });
    expectStatus(await call("GET", `/api-keys/${id}/usage?granularity=year`), 400);
    expectStatus(await call("GET", `/api-keys/${id}/usage`, { as: EVE }), 404);
  },

  "management: whoever has scopes of its own grants none beyond them": async (bench) => {
    const call = await serveManagement(bench);
    const as = { tenantId: "acme", actorId: "ada", permissions: ["*"], scopes: ["posts:read"] };
    const body = { name: "Zapier", scopes: ["posts:read", "posts:write"] };
    const refused = expectStatus(await call("POST", "/api-keys", { as, body }), 400);
    assert.deepEqual(refused.json.errors, [
      { in: "body", pointer: "/scopes/1", message: '"posts:write" is beyond what may be granted here' },
    ]);
    const { id } = (await createKey(call, {}, as)).json;
    const wider = { scopes: ["posts:write"] };
    expectStatus(await call("PATCH", `/api-keys/${id}`, { as, body: wider }), 400);
  },
});
