import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { createKey, expectStatus, serveManagement } from "./management-bench.js";

const key = { name: "Zapier", scopes: ["posts:read"] };

export const mannerCases: HttpCases = () => ({
  "management: every invalid field is named at once, and nothing is changed": async (bench) => {
    const call = await serveManagement(bench);
    const body = {
      name: "",
      scopes: ["posts:raed"],
      limits: [{ name: "h", limit: 0, windowSeconds: 1 }],
      x: 1,
    };
    const { errors } = expectProblem(await call("POST", "/api-keys", { body }), 400, "VALIDATION_FAILED");
    const places = (errors as { pointer: string }[]).map(({ pointer }) => pointer);
    assert.deepEqual(places.toSorted(), ["/limits/0/limit", "/name", "/scopes/0", "/x"]);
    const unknownScope = await call("POST", "/api-keys", { body: { ...key, scopes: ["posts:raed"] } });
    assert.deepEqual(expectProblem(unknownScope, 400, "VALIDATION_FAILED").errors, [
      { in: "body", pointer: "/scopes/0", message: '"posts:raed" is not a known scope' },
    ]);
    assert.equal(unknownScope.json.detail, 'Invalid request: /scopes/0 "posts:raed" is not a known scope');
    const query = await call("GET", "/api-keys?limit=0&status=lost&limit=5");
    const parameters = expectProblem(query, 400, "VALIDATION_FAILED").errors as { parameter: string }[];
    assert.deepEqual(parameters.map(({ parameter }) => parameter).toSorted(), ["limit", "limit", "status"]);
    assert.deepEqual((await call("GET", "/api-keys")).json.items, []);
  },

  "management: a body that is no JSON object is refused": async (bench) => {
    const call = await serveManagement(bench);
    for (const body of ["{", "[]", "null", "7", '"text"', "{}x", new Uint8Array([0x7b, 0xff, 0x7d])]) {
      const refused = await call("POST", "/api-keys", { body });
      expectProblem(refused, 400, "INVALID_REQUEST");
    }
    const deep = `{"name":"x","scopes":[],"metadata":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`;
    expectProblem(await call("POST", "/api-keys", { body: deep }), 400, "INVALID_REQUEST");
    const missing = await call("POST", "/api-keys");
    expectProblem(missing, 400, "VALIDATION_FAILED");
    const polluting = await call("POST", "/api-keys", { body: '{"__proto__":{"name":"x"},"scopes":[]}' });
    expectProblem(polluting, 400, "VALIDATION_FAILED");
  },

  "management: an instant that no storage keeps is refused wherever it stands": async (bench) => {
    const call = await serveManagement(bench);
    const created = await createKey(call);
    const refused = (reply: Parameters<typeof expectProblem>[0]) =>
      expectProblem(reply, 400, "VALIDATION_FAILED");
    for (const at of ["0000-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+00:01"]) {
      const path = `/api-keys/${created.json.id}`;
      refused(await call("POST", "/api-keys", { body: { ...key, expiresAt: at } }));
      refused(await call("PATCH", path, { body: { notBefore: at } }));
      refused(await call("GET", `/api-keys?expiresBefore=${encodeURIComponent(at)}`));
      refused(await call("GET", `/audit-events?from=${encodeURIComponent(at)}`));
    }
    // Whole days and the days before are counted from it.
    refused(await call("GET", `/api-keys/${created.json.id}/usage?granularity=day&to=0001-01-02T00:00:00Z`));
    refused(
      await call(
        "GET",
        `/api-keys/${created.json.id}/usage?from=9999-12-31T22:30:00Z&to=9999-12-31T23:30:00Z`,
      ),
    );
    const last = await createKey(call, { expiresAt: "9999-12-31T23:59:59.999Z" });
    assert.equal(last.json.expiresAt, "9999-12-31T23:59:59.999Z");
  },

  "management: text that no storage keeps is refused wherever it stands": async (bench) => {
    const call = await serveManagement(bench);
    for (const query of ["ownerId=%00", "namePrefix=a%00b", "ownerId=%ED%A0%80%00"]) {
      expectProblem(await call("GET", `/api-keys?${query}`), 400, "VALIDATION_FAILED");
    }
    for (const name of ["actorId", "action", "targetType"]) {
      expectProblem(await call("GET", `/audit-events?${name}=%00`), 400, "VALIDATION_FAILED");
    }
    expectProblem(await call("GET", "/api-keys/%00"), 404, "API_KEY_NOT_FOUND");
    const body = { name: "a\u0000b", scopes: [], metadata: { a: "\u0000" } };
    const { errors } = expectProblem(await call("POST", "/api-keys", { body }), 400, "VALIDATION_FAILED");
    assert.deepEqual(
      (errors as { pointer: string }[]).map(({ pointer }) => pointer),
      ["/name", "/metadata"],
    );
    const inMetadata = await call("POST", "/api-keys", { body: { ...body, name: "x" } });
    expectProblem(inMetadata, 400, "VALIDATION_FAILED");
  },

  "management: a body in another format is answered 415": async (bench) => {
    const call = await serveManagement(bench);
    const send = (type: string) =>
      call("POST", "/api-keys", { body: JSON.stringify(key), headers: [["Content-Type", type]] });
    for (const type of ["text/plain", "application/xml", "application/json; charset=latin1"]) {
      expectProblem(await send(type), 415, "UNSUPPORTED_MEDIA_TYPE");
    }
    for (const type of ["application/json; charset=UTF-8", "application/merge-patch+json"]) {
      expectStatus(await send(type), 201);
    }
  },

  "management: a coding of the body that nobody undoes is answered 415": async (bench) => {
    const call = await serveManagement(bench);
    const send = (encoding: string, body: string | Uint8Array) =>
      call("POST", "/api-keys", {
        body,
        headers: [
          ["Content-Type", "application/json"],
          ["Content-Encoding", encoding],
        ],
      });
    const text = JSON.stringify(key);
    const refused = expectProblem(await send("gzip", gzipSync(text)), 415, "UNSUPPORTED_MEDIA_TYPE");
    assert.match(String(refused.detail), /Content-Encoding/);
    expectStatus(await send("identity", text), 201);
  },

  "management: a body above the limit is answered 413": async (bench) => {
    const call = await serveManagement(bench, { options: { maxBodyBytes: 200 } });
    const body = { ...key, name: "x".repeat(200) };
    expectProblem(await call("POST", "/api-keys", { body }), 413, "PAYLOAD_TOO_LARGE");
    expectStatus(await call("POST", "/api-keys", { body: key }), 201);
  },

  "management: a JSON parser of the host's may run first": async (bench) => {
    const call = await serveManagement(bench, { parsesJsonFirst: true });
    const { id } = (await createKey(call)).json;
    expectStatus(await call("POST", `/api-keys/${id}/disable`), 200);
    expectStatus(await call("DELETE", `/api-keys/${id}`), 204);
    expectProblem(await call("POST", "/api-keys"), 400, "VALIDATION_FAILED");
  },

  "management: a method that a path doesn't take is answered 405 with those it does": async (bench) => {
    const call = await serveManagement(bench);
    const refused = await call("PATCH", "/api-keys");
    expectProblem(refused, 405, "METHOD_NOT_ALLOWED");
    assert.equal(refused.headers.allow, "GET, HEAD, POST");
  },

  "management: paths and OPTIONS that aren't the API's stay the host's": async (bench) => {
    const call = await serveManagement(bench);
    assert.deepEqual((await call("GET", "/elsewhere", { as: undefined })).json, { host: true });
    expectStatus(await call("GET", "/api-keys/1/2/3"), 404);
    const options = await call("OPTIONS", "/api-keys", { as: undefined });
    assert.deepEqual(options.json, { host: true });
  },

  "management: HEAD answers as GET does, without the body": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call)).json;
    const [head, get] = [await call("HEAD", `/api-keys/${id}`), await call("GET", `/api-keys/${id}`)];
    assert.deepEqual([head.status, head.body, head.headers.etag], [200, "", get.headers.etag]);
    assert.equal((await call("HEAD", "/api-keys/key_1")).status, 404);
  },

  "management: a request keeps its id, or gets one": async (bench) => {
    const call = await serveManagement(bench);
    const send = async (id: string) =>
      (await call("GET", "/api-keys", { headers: [["X-Request-Id", id]] })).headers["x-request-id"];
    assert.equal(await send("trace-1.2:3"), "trace-1.2:3");
    assert.match((await send("two words")) ?? "", /^req_[0-9a-f]{24}$/);
    const refused = await call("GET", "/api-keys", { as: undefined });
    assert.match(refused.headers["x-request-id"] ?? "", /^req_/);
  },

  "management: while the storage is out, calls are answered 503": async (bench) => {
    const call = await serveManagement(bench);
    bench.steering.isOut = true;
    const refused = await call("GET", "/api-keys");
    expectProblem(refused, 503, "STORAGE_UNAVAILABLE");
    assert.equal(refused.headers["retry-after"], "5");
  },

  "management: with cors, pages of the origins named may call it": async (bench) => {
    const origin = "https://portal.example.com";
    const call = await serveManagement(bench, { options: { cors: { origins: [origin] } } });
    const preflight = (from: string) =>
      call("OPTIONS", "/api-keys", {
        as: undefined,
        headers: [
          ["Origin", from],
          ["Access-Control-Request-Method", "POST"],
        ],
      });
    const allowed = expectStatus(await preflight(origin), 204).headers;
    assert.equal(allowed["access-control-allow-origin"], origin);
    assert.equal(allowed["access-control-allow-methods"], "GET, HEAD, POST");
    assert.match(allowed["access-control-allow-headers"] ?? "", /Idempotency-Key/);
    assert.equal((await preflight("https://evil.example")).headers["access-control-allow-origin"], undefined);
    const read = await call("GET", "/api-keys", { headers: [["Origin", origin]] });
    assert.equal(read.headers["access-control-allow-origin"], origin);
    assert.match(read.headers["access-control-expose-headers"] ?? "", /X-Request-Id/);
    assert.equal(read.headers.vary?.toLowerCase().includes("origin"), true);
    const foreign = await call("GET", "/api-keys", { headers: [["Origin", "https://evil.example"]] });
    assert.equal(foreign.headers["access-control-allow-origin"], undefined);
  },
});
