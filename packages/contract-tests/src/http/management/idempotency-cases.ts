import assert from "node:assert/strict";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { ADA, type CallManagement, EVE, expectStatus, serveManagement } from "./management-bench.js";

const key = { name: "Zapier", scopes: ["posts:read"] };

function creator(call: CallManagement) {
  return (idempotencyKey: string, body: object = key, as = ADA) =>
    call("POST", "/api-keys", { as, body, headers: [["Idempotency-Key", idempotencyKey]] });
}

async function countKeys(call: CallManagement, as = ADA): Promise<number> {
  return ((await call("GET", "/api-keys", { as })).json.items as unknown[]).length;
}

export const managementIdempotencyCases: HttpCases = () => ({
  "management: a create that is repeated with its key gets the same reply, and creates nothing": async (
    bench,
  ) => {
    const call = await serveManagement(bench);
    const create = creator(call);
    const first = expectStatus(await create("a"), 201);
    const again = expectStatus(await create("a"), 201);
    assert.deepEqual(again.json, first.json);
    assert.equal(again.headers.location, first.headers.location);
    assert.equal(again.headers["cache-control"], "no-store");
    assert.deepEqual(
      [first.headers["idempotent-replayed"], again.headers["idempotent-replayed"]],
      [undefined, "true"],
    );
    assert.equal(await countKeys(call), 1);
    assert.notEqual((await create("b")).json.id, first.json.id);
  },

  "management: a repeated key with another request is a conflict": async (bench) => {
    const call = await serveManagement(bench);
    const create = creator(call);
    expectStatus(await create("a"), 201);
    expectProblem(await create("a", { ...key, name: "Make" }), 409, "CONFLICT");
    assert.equal(await countKeys(call), 1);
  },

  "management: of eight creates at once with one key, one is made": async (bench) => {
    const call = await serveManagement(bench);
    const create = creator(call);
    const replies = await Promise.all(Array.from({ length: 8 }, () => create("a")));
    assert.equal(await countKeys(call), 1);
    const made = replies.filter(({ status }) => status === 201);
    assert.equal(new Set(made.map(({ json }) => json.id)).size, 1);
    assert.equal(made.filter(({ headers }) => headers["idempotent-replayed"] === undefined).length, 1);
    for (const refused of replies.filter(({ status }) => status !== 201))
      expectProblem(refused, 409, "CONFLICT");
  },

  "management: another tenant, another caller or another route has keys of its own": async (bench) => {
    const call = await serveManagement(bench);
    const create = creator(call);
    const ids = [
      (await create("a")).json.id,
      (await create("a", key, EVE)).json.id,
      (await create("a", key, { ...ADA, actorId: "bob" })).json.id,
    ];
    assert.equal(new Set(ids).size, 3);
    const rotated = await call("POST", `/api-keys/${ids[0]}/rotate`, {
      body: { graceSeconds: 60 },
      headers: [["Idempotency-Key", "a"]],
    });
    expectStatus(rotated, 201);
    assert.equal(await countKeys(call, EVE), 1);
  },

  "management: what was refused can be tried again with the same key": async (bench) => {
    const call = await serveManagement(bench);
    const create = creator(call);
    const cut = { ...key, expiresAt: "2000-01-01T00:00:00Z" };
    expectProblem(await create("a", cut), 400, "VALIDATION_FAILED");
    expectStatus(await create("a"), 201);
  },

  "management: a key is forgotten after a day": async (bench) => {
    const call = await serveManagement(bench);
    const create = creator(call);
    const first = await create("a");
    bench.clock.advance(86_400_000 - 1000);
    assert.equal((await create("a")).json.id, first.json.id);
    bench.clock.advance(1000);
    assert.notEqual((await create("a")).json.id, first.json.id);
  },

  "management: a key that can't be one is refused, and so is one without a place to keep secrets": async (
    bench,
  ) => {
    const call = await serveManagement(bench);
    expectProblem(await creator(call)("x".repeat(256)), 400, "INVALID_REQUEST");
    const unsealed = await serveManagement(bench, { hasVault: false });
    const refused = await creator(unsealed)("a");
    assert.match(String(expectProblem(refused, 400, "INVALID_REQUEST").detail), /vault keys/);
    assert.equal(await countKeys(call), 0);
  },

  "management: a reply that is kept holds no secret in clear": async (bench) => {
    const call = await serveManagement(bench);
    const kept: string[] = [];
    const { shortLived } = bench.steering.storage;
    const put = shortLived.put.bind(shortLived);
    Object.assign(shortLived, {
      put: async (entry: Parameters<typeof put>[0]) => {
        kept.push(entry.value);
        await put(entry);
      },
    });
    const { json } = await creator(call)("a");
    for (const value of kept) assert.ok(!value.includes(String(json.key)), "a key text was kept in clear");
  },
});
