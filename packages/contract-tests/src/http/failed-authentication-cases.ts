import assert from "node:assert/strict";
import type { TenonConfig } from "@tenon/core";
import { createKeyFormat, generateKeyText } from "@tenon/core/api-keys";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";

const ATTACKER = "203.0.113.66";

export const failedAuthenticationCases: HttpCases = () => ({
  "after 50 failures in a minute an address is answered 429, before anything is looked up": async (bench) => {
    const { send, fail } = await serveGuarded(bench);
    for (let count = 0; count < 50; count += 1) assert.equal((await fail(ATTACKER)).status, 401);
    const { lookups } = bench.steering;
    const refused = await fail(ATTACKER);
    const { detail } = expectProblem(refused, 429, "RATE_LIMITED");
    const retryAfterSeconds = Number(refused.headers["retry-after"]);
    assert.ok(retryAfterSeconds > 0 && retryAfterSeconds <= 120, refused.headers["retry-after"]);
    assert.match(String(detail), /failed authentications/);
    assert.equal(refused.headers.ratelimit, undefined);
    assert.equal(refused.headers["x-ratelimit-limit"], undefined);
    assert.equal(bench.steering.lookups, lookups);

    const unseen = await bench.createKey();
    expectProblem(await send(ATTACKER, unseen), 429, "RATE_LIMITED");
    assert.equal((await send("203.0.113.67", unseen)).status, 200);
    bench.clock.advance(retryAfterSeconds * 1000);
    assert.equal((await fail(ATTACKER)).status, 401);
  },

  "a key that was good before passes from an address that failed too often, until it is revoked": async (
    bench,
  ) => {
    const { tenon } = bench;
    const { send, fail } = await serveGuarded(bench, {
      failedAuthentications: { limit: 3, windowSeconds: 3600 },
    });
    const { id: keyId, secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "good", scopes: [] });
    assert.equal((await send("198.51.100.7", secret.reveal())).status, 200);
    for (let count = 0; count < 3; count += 1) await fail(ATTACKER);
    assert.equal((await fail(ATTACKER)).status, 429);
    bench.clock.advance(600_000);
    assert.equal((await send(ATTACKER, secret.reveal())).status, 200);
    await tenon.apiKeys.revoke({ tenantId: "acme", keyId });
    bench.clock.advance(5_000);
    assert.equal((await send(ATTACKER, secret.reveal())).status, 401);
    assert.equal((await send(ATTACKER, secret.reveal())).status, 429);
  },

  "an IPv6 customer's /56 fails as one; what isn't a failed authentication doesn't count": async (bench) => {
    const { send, fail, call } = await serveGuarded(bench, {
      failedAuthentications: { limit: 2, windowSeconds: 60 },
    });
    assert.equal((await fail("2001:db8:1:2300::1")).status, 401);
    assert.equal((await fail("2001:db8:1:23ff::2")).status, 401);
    assert.equal((await fail("2001:db8:1:2301::3")).status, 429);
    const elsewhere = "203.0.113.8";
    const limited = await bench.createKey({ limits: [{ name: "day", limit: 1, windowSeconds: 86_400 }] });
    const fenced = await bench.createKey({ ipAllowlist: ["198.51.100.1"] });
    for (let count = 0; count < 4; count += 1) {
      assert.equal((await call(elsewhere, [])).status, 401);
      assert.equal((await send(elsewhere, fenced)).status, 403);
      assert.equal((await send(elsewhere, limited)).status, count === 0 ? 200 : 429);
    }
    assert.equal((await fail(elsewhere)).status, 401);
  },

  "clients behind a proxy that nobody named are never one bucket": async (bench) => {
    const { fail } = await serveGuarded(
      bench,
      { failedAuthentications: { limit: 1, windowSeconds: 60 } },
      { trustedProxies: [] },
    );
    for (const client of ["203.0.113.1", "203.0.113.2", "203.0.113.3"]) {
      assert.equal((await fail(client)).status, 401);
    }
  },

  "false counts no failures; a limit of 0 is a ConfigError": async (bench) => {
    const { fail } = await serveGuarded(bench, { failedAuthentications: false });
    for (let count = 0; count < 60; count += 1) assert.equal((await fail(ATTACKER)).status, 401);
    const failedAuthentications = { limit: 0, windowSeconds: 60 };
    expectConfigError(
      () => bench.createTenon({ http: { failedAuthentications } }),
      "/http/failedAuthentications",
    );
  },
});

async function serveGuarded<Middleware, FrameworkRequest>(
  bench: HttpBench<Middleware, FrameworkRequest>,
  http: NonNullable<TenonConfig["http"]> = {},
  config: Partial<TenonConfig> = { trustedProxies: ["127.0.0.1"] },
) {
  const guarded = bench.framework.requireApiKey(bench.createTenon({ ...config, http }));
  const serve = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
  const call = (client: string, headers: readonly (readonly [string, string])[]) =>
    serve({ path: "/", headers: [["X-Forwarded-For", client], ...headers] });
  const send = (client: string, key: string) => call(client, [["X-API-Key", key]]);
  return { call, send, fail: (client: string) => send(client, unknownKey()) };
}

/** A well-formed key, checksum included, that no storage knows. */
function unknownKey(): string {
  const random = { bytes: (length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length)) };
  return generateKeyText(createKeyFormat({ prefix: "sk", environments: ["live"] }), "live", random);
}
