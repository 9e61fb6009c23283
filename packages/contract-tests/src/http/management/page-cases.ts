import assert from "node:assert/strict";
import type { ManualClock } from "../../manual-clock.js";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { type CallManagement, createKey, EVE, serveManagement } from "./management-bench.js";

const names = (reply: { readonly json: Readonly<Record<string, unknown>> }) =>
  (reply.json.items as { name: string }[]).map(({ name }) => name);

async function createKeys(call: CallManagement, count: number, clock: ManualClock): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    // Ids of one millisecond are in no promised order.
    clock.advance(1);
    await createKey(call, { name: `key ${number}` });
  }
}

export const pageCases: HttpCases = () => ({
  "management: a listing is walked page by page, and what is added meanwhile moves nothing": async (
    bench,
  ) => {
    const call = await serveManagement(bench);
    await createKeys(call, 5, bench.clock);
    const first = await call("GET", "/api-keys?limit=2");
    assert.deepEqual(names(first), ["key 5", "key 4"]);
    bench.clock.advance(1);
    await createKey(call, { name: "key 6" });
    const second = await call("GET", `/api-keys?limit=2&cursor=${first.json.nextCursor}`);
    assert.deepEqual(names(second), ["key 3", "key 2"]);
    const link = /^<\/manage(\/api-keys\?[^>]+)>; rel="next"$/.exec(second.headers.link ?? "")?.[1] ?? "";
    const third = await call("GET", link);
    assert.deepEqual([names(third), third.json.nextCursor, third.headers.link], [["key 1"], null, undefined]);
  },

  "management: a cursor of another tenant, listing or filter is refused": async (bench) => {
    const call = await serveManagement(bench);
    await createKeys(call, 3, bench.clock);
    const { nextCursor } = (await call("GET", "/api-keys?limit=1")).json;
    const refuse = async (path: string, as?: typeof EVE) =>
      expectProblem(await call("GET", path, as === undefined ? {} : { as }), 400, "VALIDATION_FAILED");
    await refuse(`/api-keys?limit=1&cursor=${nextCursor}`, EVE);
    await refuse(`/api-keys?status=active&cursor=${nextCursor}`);
    await refuse(`/api-keys?cursor=A${nextCursor}`);
    await refuse("/api-keys?cursor=key_0000000000000000000000");
    await refuse("/api-keys?cursor=%00");
  },

  "management: filters narrow a listing": async (bench) => {
    const call = await serveManagement(bench);
    await createKeys(call, 2, bench.clock);
    const { id } = (await createKey(call, { name: "other", ownerId: "ada" })).json;
    await call("DELETE", `/api-keys/${id}`);
    assert.deepEqual(names(await call("GET", "/api-keys?ownerId=ada")), ["other"]);
    assert.deepEqual(names(await call("GET", "/api-keys?status=active&namePrefix=key%202")), ["key 2"]);
    assert.deepEqual(names(await call("GET", "/api-keys?expiresBefore=2090-01-01T00:00:00Z")), []);
  },
});
