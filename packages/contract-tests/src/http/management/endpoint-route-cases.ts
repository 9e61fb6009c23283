import assert from "node:assert/strict";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { createEndpoint, EVE, expectStatus, serveManagement } from "./management-bench.js";

const config = {
  events: { "post.published": { description: "A post is out." }, "post.deleted": {}, "user.created": {} },
};

export const endpointRouteCases: HttpCases = () => ({
  "management: an endpoint is created with a secret, which no reading shows": async (bench) => {
    const call = await serveManagement(bench, { config });
    const created = await createEndpoint(call, { headers: { "X-Custom": "value" } });
    const { id, secret, ...shown } = created.json;
    assert.match(String(secret), /^whsec_[A-Za-z0-9+/]{32}$/);
    assert.equal(created.headers.location, `/manage/webhook-endpoints/${id}`);
    assert.equal(created.headers["cache-control"], "no-store");
    assert.deepEqual([shown.enabled, shown.eventTypes], [true, ["post.published"]]);
    assert.notDeepEqual(shown.headers, { "X-Custom": "value" });
    const read = expectStatus(await call("GET", `/webhook-endpoints/${id}`), 200);
    assert.deepEqual(read.json, { id, ...shown });
    const listed = expectStatus(await call("GET", "/webhook-endpoints?eventType=post.published"), 200);
    assert.deepEqual(listed.json.items, [read.json]);
    assert.ok(!`${read.body}${listed.body}`.includes(String(secret)));
    assert.deepEqual((await call("GET", "/webhook-endpoints?status=disabled")).json.items, []);
  },

  "management: an endpoint that can't be is refused with every reason, and not stored": async (bench) => {
    const call = await serveManagement(bench, { config });
    const places = async (body: object) => {
      const refused = await call("POST", "/webhook-endpoints", { body });
      const { errors } = expectProblem(refused, 400, "VALIDATION_FAILED");
      return (errors as { pointer: string }[]).map(({ pointer }) => pointer).toSorted();
    };
    const url = "https://hooks.example.com/a";
    assert.deepEqual(await places({ url, eventTypes: [] }), ["/eventTypes"]);
    assert.deepEqual(await places({ url, eventTypes: ["post.lost"] }), ["/eventTypes/0"]);
    assert.deepEqual(await places({ url: "http://10.0.0.1", eventTypes: ["*"] }), ["/url"]);
    assert.deepEqual(await places({ url: 7, eventTypes: "*", secret: "x" }), [
      "/eventTypes",
      "/secret",
      "/url",
    ]);
    assert.deepEqual((await call("GET", "/webhook-endpoints")).json.items, []);
  },

  "management: an endpoint is changed, and switched off and on, in one call or by name": async (bench) => {
    const call = await serveManagement(bench, { config });
    const { id } = (await createEndpoint(call, { name: "first", description: "d" })).json;
    const path = `/webhook-endpoints/${id}`;
    const changed = await call("PUT", path, {
      body: { eventTypes: ["post.deleted"], enabled: false, description: null },
    });
    const { json } = expectStatus(changed, 200);
    assert.deepEqual(
      [json.eventTypes, json.enabled, json.name, json.description, json.disabledReason],
      [["post.deleted"], false, "first", null, "manual"],
    );
    assert.equal((await call("PATCH", path, { body: { enabled: true } })).json.enabled, true);
    assert.equal((await call("POST", `${path}/disable`)).json.enabled, false);
    assert.equal((await call("POST", `${path}/enable`, { body: { held: "cancel" } })).json.enabled, true);
    assert.equal((await call("POST", `${path}/enable`)).json.enabled, true);
    expectProblem(await call("PATCH", path, { body: { url: null } }), 400, "VALIDATION_FAILED");
    const off = await createEndpoint(call, { enabled: false });
    assert.equal(off.json.enabled, false);
  },

  "management: a change that is refused in part changes nothing": async (bench) => {
    const call = await serveManagement(bench, { config });
    const { id } = (await createEndpoint(call)).json;
    const path = `/webhook-endpoints/${id}`;
    const before = (await call("GET", path)).json;
    const body = { enabled: false, eventTypes: ["post.lost"] };
    expectProblem(await call("PUT", path, { body }), 400, "VALIDATION_FAILED");
    assert.deepEqual((await call("GET", path)).json, before);
  },

  "management: an endpoint is changed under If-Match by one of two at once": async (bench) => {
    const call = await serveManagement(bench, { config });
    const { id } = (await createEndpoint(call)).json;
    const path = `/webhook-endpoints/${id}`;
    const { etag = "" } = (await call("GET", path)).headers;
    const statuses = await Promise.all(
      ["a", "b"].map(async (name) => {
        const change = { body: { name, enabled: false }, headers: [["If-Match", etag]] as const };
        return (await call("PUT", path, change)).status;
      }),
    );
    assert.deepEqual(statuses.toSorted(), [200, 412]);
    const stale = await call("DELETE", path, { headers: [["If-Match", etag]] });
    expectProblem(stale, 412, "PRECONDITION_FAILED");
  },

  "management: a secret is revealed, rotated, and replaced in both": async (bench) => {
    const call = await serveManagement(bench, { config });
    const { id, secret } = (await createEndpoint(call)).json;
    const path = `/webhook-endpoints/${id}`;
    const reveal = () => call("POST", `${path}/reveal-secret`);
    const revealed = expectStatus(await reveal(), 200);
    assert.deepEqual(revealed.json, { secret });
    assert.equal(revealed.headers["cache-control"], "no-store");
    const rotated = await call("POST", `${path}/rotate-secret`, { body: { overlapSeconds: 0 } });
    const fresh = expectStatus(rotated, 200).json.secret;
    assert.notEqual(fresh, secret);
    assert.equal((await reveal()).json.secret, fresh);
    const as = { tenantId: "acme", actorId: "ada", permissions: ["webhooks:read"] };
    expectProblem(await call("POST", `${path}/reveal-secret`, { as }), 403, "INSUFFICIENT_SCOPE");
    expectProblem(await call("POST", `${path}/reveal-secret`, { as: EVE }), 404, "WEBHOOK_NOT_FOUND");
  },

  "management: an endpoint is deleted once": async (bench) => {
    const call = await serveManagement(bench, { config });
    const { id } = (await createEndpoint(call)).json;
    const path = `/webhook-endpoints/${id}`;
    expectProblem(await call("DELETE", path, { as: EVE }), 404, "WEBHOOK_NOT_FOUND");
    expectStatus(await call("DELETE", path), 204);
    expectProblem(await call("DELETE", path), 404, "WEBHOOK_NOT_FOUND");
    expectProblem(await call("GET", `${path}/deliveries`), 404, "WEBHOOK_NOT_FOUND");
  },

  "management: the event types are listed, with what their data looks like": async (bench) => {
    const jsonSchema = { type: "object", required: ["postId"] };
    const events = { "post.published": { description: "A post is out.", jsonSchema }, "user.created": {} };
    const call = await serveManagement(bench, { config: { events } });
    const listed = expectStatus(await call("GET", "/event-types"), 200);
    const published = { type: "post.published", description: "A post is out.", jsonSchema };
    const bare = { type: "user.created", description: null, jsonSchema: null };
    assert.deepEqual(listed.json, { items: [published, bare], nextCursor: null });
    assert.deepEqual((await call("GET", "/event-types/post.published")).json, published);
    expectProblem(await call("GET", "/event-types/post.lost"), 404, "NOT_FOUND");
    expectProblem(await call("GET", "/event-types/constructor"), 404, "NOT_FOUND");
  },
});
