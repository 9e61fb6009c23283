import assert from "node:assert/strict";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { createKey, expectStatus, serveManagement } from "./management-bench.js";

export const versionCases: HttpCases = () => ({
  "management: a change under If-Match is made only to what the client read": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call)).json;
    const { etag = "" } = (await call("GET", `/api-keys/${id}`)).headers;
    const change = (name: string, ifMatch: string) =>
      call("PATCH", `/api-keys/${id}`, { body: { name }, headers: [["If-Match", ifMatch]] });
    const first = expectStatus(await change("first", etag), 200);
    assert.notEqual(first.headers.etag, etag);
    expectProblem(await change("second", etag), 412, "PRECONDITION_FAILED");
    expectProblem(await change("second", `W/${first.headers.etag}`), 412, "PRECONDITION_FAILED");
    const revoke = await call("DELETE", `/api-keys/${id}`, { headers: [["If-Match", etag]] });
    expectProblem(revoke, 412, "PRECONDITION_FAILED");
    assert.equal((await call("GET", `/api-keys/${id}`)).json.name, "first");
    expectStatus(await change("third", `"x", ${first.headers.etag}`), 200);
    expectStatus(await change("fourth", "*"), 200);
    expectProblem(
      await call("PATCH", "/api-keys/key_1", { body: {}, headers: [["If-Match", "*"]] }),
      404,
      "API_KEY_NOT_FOUND",
    );
  },

  "management: of eight changes at once under one If-Match, one is made": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call)).json;
    const { etag = "" } = (await call("GET", `/api-keys/${id}`)).headers;
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, number) =>
        call("PATCH", `/api-keys/${id}`, {
          body: { name: `change ${number}` },
          headers: [["If-Match", etag]],
        }),
      ),
    );
    const statuses = replies.map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
  },

  "management: use of a key doesn't change its tag": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call, { expiresAt: "2090-01-01T00:00:00Z" })).json;
    const { etag } = (await call("GET", `/api-keys/${id}`)).headers;
    bench.clock.advance(100 * 365 * 86_400_000);
    const expired = await call("GET", `/api-keys/${id}`);
    assert.deepEqual([expired.json.status, expired.headers.etag], ["expired", etag]);
  },
});
