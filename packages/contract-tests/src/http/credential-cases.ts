import assert from "node:assert/strict";
import { createKeyFormat, generateKeyText } from "@tenon/core/api-keys";
import { expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";
import type { ReceivedReply } from "./send-request.js";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

export const credentialCases: HttpCases = () => ({
  "a valid key passes in either header, and the route learns who calls": async (bench) => {
    const send = await servePosts(bench);
    const key = await bench.createKey({ limits: [{ name: "hour", limit: 9, windowSeconds: 3600 }] });
    for (const header of [
      ["Authorization", `Bearer ${key}`],
      ["authorization", `bearer ${key}`],
      ["X-API-Key", key],
    ] as const) {
      const reply = await send({ path: "/posts", headers: [header] });
      assert.equal(reply.status, 200, reply.body);
      const { context } = JSON.parse(reply.body);
      assert.equal(context.tenantId, "acme");
      assert.match(context.keyId, /^key_/);
      assert.deepEqual(context.scopes, ["posts:read"]);
      assert.equal(context.limits[0].name, "hour");
    }
  },

  "a request without a key is answered 401 with a challenge": async (bench) => {
    const send = await servePosts(bench);
    for (const headers of [[], [["Authorization", "Basic dXNlcjpwYXNz"]], [["X-API-Key", ""]]] as const) {
      const reply = await send({ path: "/posts", headers });
      expectProblem(reply, 401, "UNAUTHORIZED");
      assert.equal(reply.headers["www-authenticate"], 'Bearer realm="api"');
    }
    const inQuery = await send({ path: `/posts?api_key=${await bench.createKey()}` });
    expectProblem(inQuery, 401, "UNAUTHORIZED");
  },

  "a malformed or forged key is refused before the storage is asked": async (bench) => {
    const send = await servePosts(bench);
    const key = await bench.createKey();
    const forged = key.slice(0, -1) + (key.endsWith("0") ? "1" : "0");
    for (const text of ["nonsense", "sk_live_", "sk_test_abc", key.slice(0, -1), `${key}x`, forged, JWT]) {
      const reply = await send({ path: "/posts", headers: [["Authorization", `Bearer ${text}`]] });
      expectProblem(reply, 401, "UNAUTHORIZED");
      assert.equal(reply.headers["www-authenticate"], 'Bearer realm="api", error="invalid_token"');
    }
    assert.equal(bench.steering.lookups, 0);
  },

  "unknown, revoked, expired, disabled and not yet valid keys look the same from outside": async (bench) => {
    const { clock, steering, tenon } = bench;
    const send = await servePosts(bench);
    const nowMs = clock.now().getTime();
    const revoked = await tenon.apiKeys.create({ tenantId: "acme", name: "revoked", scopes: ["posts:read"] });
    const texts = {
      unknown: unknownKey(),
      revoked: revoked.secret.reveal(),
      expired: await bench.createKey({ name: "expired", expiresAt: new Date(nowMs + 60_000) }),
      disabled: await bench.createKey({ name: "disabled" }),
      notYetValid: await bench.createKey({ name: "not yet valid", notBefore: new Date(nowMs + 3_600_000) }),
    };
    const present = (key: string) => send({ path: "/posts", headers: [["X-API-Key", key]] });
    assert.equal((await present(texts.revoked)).status, 200);
    assert.equal((await present(texts.expired)).status, 200);

    steering.alterKey = (record) => ({
      ...record,
      disabledAt: record.name === "disabled" ? clock.now() : undefined,
    });
    await tenon.apiKeys.revoke({ tenantId: "acme", keyId: revoked.id });
    clock.advance(60_000);
    const replies = await Promise.all(Object.values(texts).map(present));
    const [first] = replies;
    for (const reply of replies) {
      expectProblem(reply, 401, "UNAUTHORIZED");
      assert.deepEqual(onTheWire(reply), first && onTheWire(first));
    }
  },

  "an expiry is met to the instant, although the key is cached": async (bench) => {
    const send = await servePosts(bench);
    const expiresAt = new Date(bench.clock.now().getTime() + 2_000);
    const key = await bench.createKey({ expiresAt });
    const present = async () => (await send({ path: "/posts", headers: [["X-API-Key", key]] })).status;
    assert.equal(await present(), 200);
    bench.clock.advance(1_999);
    assert.equal(await present(), 200);
    bench.clock.advance(1);
    assert.equal(await present(), 401);
    assert.equal(bench.steering.lookups, 1);
  },

  "two of our keys in one request are answered 400, wherever they stand": async (bench) => {
    const send = await servePosts(bench);
    const [first, second] = [await bench.createKey(), await bench.createKey()];
    const pairs = [
      [
        ["Authorization", `Bearer ${first}`],
        ["X-API-Key", second],
      ],
      [
        ["Authorization", `Bearer ${first}`],
        ["X-API-Key", first],
      ],
      [
        ["Authorization", `Bearer ${first}`],
        ["Authorization", `Bearer ${second}`],
      ],
      [
        ["X-API-Key", first],
        ["x-api-key", second],
      ],
      [["X-API-Key", `${first}, ${second}`]],
    ] as const;
    for (const headers of pairs) {
      const reply = await send({ path: "/posts", headers });
      expectProblem(reply, 400, "INVALID_REQUEST");
      assert.match(reply.headers["www-authenticate"] ?? "", /error="invalid_request"/);
    }
  },

  "somebody else's bearer token beside our key doesn't disturb it": async (bench) => {
    const send = await servePosts(bench);
    const headers = [
      ["Authorization", `Bearer ${JWT}`],
      ["X-API-Key", await bench.createKey()],
    ] as const;
    assert.equal((await send({ path: "/posts", headers })).status, 200);
  },

  "HEAD is judged like GET and has no body": async (bench) => {
    const send = await servePosts(bench);
    const headers = [["X-API-Key", await bench.createKey()]] as const;
    const passed = await send({ method: "HEAD", path: "/posts", headers });
    assert.deepEqual([passed.status, passed.body], [200, ""]);
    const refused = await send({ method: "HEAD", path: "/posts" });
    assert.deepEqual([refused.status, refused.body], [401, ""]);
    assert.equal(refused.headers["content-type"], "application/problem+json");
  },

  "a CORS preflight passes without a key; any other OPTIONS doesn't": async (bench) => {
    const { framework, tenon } = bench;
    const answer = (context: unknown) => ({ isJudged: context !== undefined });
    const send = await bench.serve([
      { method: "OPTIONS", path: "/posts", middlewares: [framework.requireApiKey(tenon)], answer },
    ]);
    const headers = [
      ["Origin", "https://app.example"],
      ["Access-Control-Request-Method", "GET"],
    ] as const;
    const preflight = await send({ method: "OPTIONS", path: "/posts", headers });
    assert.deepEqual([preflight.status, preflight.body], [200, '{"isJudged":false}']);
    expectProblem(await send({ method: "OPTIONS", path: "/posts" }), 401, "UNAUTHORIZED");
  },
});

function servePosts<Middleware, FrameworkRequest>(bench: HttpBench<Middleware, FrameworkRequest>) {
  const { framework, tenon } = bench;
  const guarded = framework.requireApiKey(tenon, { scopes: ["posts:read"] });
  const answer = (context: unknown) => ({ context });
  return bench.serve([{ method: "GET", path: "/posts", middlewares: [guarded], answer }]);
}

function onTheWire({ status, headers: { date: _, ...headers }, body }: ReceivedReply) {
  return { status, headers, body };
}

/** A well-formed key, checksum included, that no storage knows. */
function unknownKey(): string {
  const random = { bytes: (length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length)) };
  return generateKeyText(createKeyFormat({ prefix: "sk", environments: ["live"] }), "live", random);
}
