import assert from "node:assert/strict";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import {
  createEndpoint,
  createKey,
  expectStatus,
  type ManagementReply,
  serveManagement,
} from "./management-bench.js";

const events = { "post.published": {}, "post.deleted": {} };

/** What no schema can know is judged by the host's configuration: one reply names both. */
export const fieldErrorCases: HttpCases = () => ({
  "management: of an endpoint, what breaks a schema and what breaks a rule are named in one reply": async (
    bench,
  ) => {
    const call = await serveManagement(bench, { config: { events } });
    const { id } = (await createEndpoint(call)).json;
    const path = `/webhook-endpoints/${id}`;

    const created = { url: "nope", eventTypes: [], headers: { host: "x" }, signing: "shared", timeoutMs: 1 };
    const wrong = ["/eventTypes", "/headers/host", "/signing", "/timeoutMs", "/url"];
    expectFields(await call("POST", "/webhook-endpoints", { body: created }), wrong);
    const changed = { url: "http://10.0.0.1/", eventTypes: ["post.lost", "*"], name: "", x: 1 };
    for (const method of ["PATCH", "PUT"]) {
      const refused = await call(method, path, { body: changed });
      expectFields(refused, ["/eventTypes/0", "/name", "/url", "/x"]);
    }
    const schedule = { url: "nope", eventTypes: ["*"], retrySchedule: { kind: "list", delaysSeconds: [5] } };
    const refused = await call("POST", "/webhook-endpoints", { body: schedule });
    expectFields(refused, ["/retrySchedule/delaysSeconds", "/url"]);
    const kept = { url: "nope", eventTypes: [], metadata: { a: "\u0000" } };
    expectFields(await call("POST", "/webhook-endpoints", { body: kept }), [
      "/eventTypes",
      "/metadata",
      "/url",
    ]);
    assert.equal(((await call("GET", "/webhook-endpoints")).json.items as unknown[]).length, 1);
  },

  "management: of an API key, what breaks a schema and what breaks a rule are named in one reply": async (
    bench,
  ) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call)).json;
    const body = {
      name: "",
      scopes: ["posts:read", "posts:raed"],
      environment: "moon",
      ipAllowlist: ["10.0.0.0/8", "10.0.0.0/99"],
      expiresAt: "2001-01-01T00:00:00Z",
      notBefore: "2002-01-01T00:00:00Z",
      limits: [
        { name: "hour", limit: 1, windowSeconds: 3600 },
        { name: "hour", limit: 0, windowSeconds: 60, algorithm: "gcra", precision: "leased" },
        null,
      ],
    };
    const wrong = [
      "/expiresAt",
      "/ipAllowlist/1",
      "/limits/1/limit",
      "/limits/1/name",
      "/limits/1/precision",
      "/limits/2",
      "/name",
      "/notBefore",
      "/scopes/1",
    ];
    expectFields(await call("POST", "/api-keys", { body }), ["/environment", ...wrong]);
    const { environment, ...changes } = body;
    expectFields(await call("PATCH", `/api-keys/${id}`, { body: changes }), wrong);
    const principal = { tenantId: "acme", actorId: "ada", permissions: ["*"], scopes: ["posts:read"] };
    const asked = { name: "", scopes: ["posts:write"] };
    expectFields(await call("POST", "/api-keys", { as: principal, body: asked }), ["/name", "/scopes/0"]);
    for (const limits of [{}, "none", 1, null]) {
      const refused = await call("POST", "/api-keys", { body: { name: "", scopes: [], limits } });
      expectFields(refused, ["/limits", "/name"]);
    }
  },

  "management: of a test event, an unknown type is named beside what breaks the schema": async (bench) => {
    const call = await serveManagement(bench, { config: { events } });
    const { id } = (await createEndpoint(call)).json;
    const path = `/webhook-endpoints/${id}/test`;
    expectFields(await call("POST", path, { body: { type: "post.lost", x: 1 } }), ["/type", "/x"]);
    expectFields(await call("POST", path, { body: { type: "post published", x: 1 } }), ["/type", "/x"]);
    expectFields(await call("POST", path, { body: { x: 1 } }), ["/x"]);
  },

  "management: of a query, periods, cursors and fields that need one another are judged beside the rest":
    async (bench) => {
      const call = await serveManagement(bench);
      const { id } = (await createKey(call)).json;
      await createKey(call);
      const usage = `/api-keys/${id}/usage`;
      const backwards = "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z";
      expectFields(await call("GET", `${usage}?${backwards}&granularity=week`), ["from", "granularity"]);
      const long = "from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z";
      expectFields(await call("GET", `${usage}?${long}&x=1`), ["from", "x"]);
      expectFields(await call("GET", `${usage}?${long}&granularity=week`), ["granularity"]);
      expectFields(await call("GET", "/audit-events?targetId=x&limit=0"), ["limit", "targetId"]);

      const { nextCursor } = expectStatus(await call("GET", "/api-keys?limit=1"), 200).json;
      const cursor = encodeURIComponent(String(nextCursor));
      expectFields(await call("GET", `/api-keys?limit=0&cursor=${cursor}`), ["limit"]);
      expectFields(await call("GET", "/api-keys?limit=0&cursor=made-up"), ["cursor", "limit"]);
    },

  "management: fields under names of the host's are named so, whatever they break": async (bench) => {
    const fields = { url: "targetUrl", eventTypes: "events", name: "title" };
    const call = await serveManagement(bench, {
      config: { events },
      options: { routes: { endpoints: { fields } } },
    });
    const body = { targetUrl: "nope", events: ["post.lost"], title: "" };
    expectFields(await call("POST", "/webhook-endpoints", { body }), ["/events/0", "/targetUrl", "/title"]);
  },
});

function expectFields(reply: ManagementReply, expected: readonly string[]): void {
  const errors = expectProblem(reply, 400, "VALIDATION_FAILED").errors as readonly {
    readonly pointer?: string;
    readonly parameter?: string;
  }[];
  assert.deepEqual(errors.map(({ pointer, parameter }) => pointer ?? parameter).toSorted(), expected);
}
