import assert from "node:assert/strict";
import type { Tenon } from "@tenon/core";
import { expectProblem } from "../expect-problem.js";
import type { HttpBench } from "../http-bench.js";
import type { HttpCases } from "../http-contract.js";
import { createEndpoint, createKey, expectStatus, MANAGED, serveManagement } from "./management-bench.js";

const ENDLESS = { kind: "list", delaysSeconds: [0, 3600] };
const ONCE = { kind: "list", delaysSeconds: [0] };

export const deliveryRouteCases: HttpCases = () => ({
  "management: deliveries are listed and read, with their attempts": async (bench) => {
    const { call, path, publish, deliver } = await serveEndpoint(bench);
    await publish();
    await deliver(503);
    const listed = expectStatus(await call("GET", `${path}/deliveries`), 200);
    const [delivery] = listed.json.items as Readonly<Record<string, unknown>>[];
    assert.deepEqual([delivery?.state, delivery?.attemptCount], ["retrying", 1]);
    assert.deepEqual((await call("GET", "/deliveries")).json, listed.json);
    assert.deepEqual((await call("GET", `/deliveries/${delivery?.id}`)).json, delivery);
    const attempts = expectStatus(await call("GET", `/deliveries/${delivery?.id}/attempts`), 200);
    const [attempt] = attempts.json.items as Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      [attempt?.attemptNumber, attempt?.responseStatus, attempt?.failureReason],
      [1, 503, "server_error"],
    );
    assert.deepEqual((await call("GET", "/deliveries?state=exhausted")).json.items, []);
    assert.equal(
      ((await call("GET", `/deliveries?messageId=${delivery?.messageId}`)).json.items as []).length,
      1,
    );
  },

  "management: an endpoint's attempts are counted": async (bench) => {
    const { call, path, publish, deliver } = await serveEndpoint(bench);
    await publish();
    await deliver(204);
    await publish();
    await deliver(503);
    const statistics = expectStatus(await call("GET", `${path}/statistics?granularity=day`), 200).json;
    const total = statistics.total as Readonly<Record<string, unknown>>;
    assert.deepEqual(total.attempts, { succeeded: 1, failed: 1 });
    assert.deepEqual([total.successRate, total.failures], [0.5, { server_error: 1 }]);
    assert.ok((statistics.periods as unknown[]).length >= 30);
    const backwards = `${path}/statistics?from=2090-01-01T00:00:00Z&to=2089-01-01T00:00:00Z`;
    const { errors } = expectProblem(await call("GET", backwards), 400, "VALIDATION_FAILED");
    assert.deepEqual((errors as object[])[0], {
      in: "query",
      parameter: "from",
      message: "must be before `to`",
    });
  },

  "management: a dead letter is retried, or given up": async (bench) => {
    const { call, publish, deliver } = await serveEndpoint(bench, { retrySchedule: ONCE });
    await publish();
    await deliver(500);
    const [dead] = (await call("GET", "/deliveries?state=exhausted")).json.items as { id: string }[];
    const retried = expectStatus(await call("POST", `/deliveries/${dead?.id}/retry`), 200);
    assert.equal(retried.json.state, "retrying");
    await deliver(204);
    expectProblem(await call("POST", `/deliveries/${dead?.id}/retry`), 409, "CONFLICT");
    await publish();
    const [waiting] = (await call("GET", "/deliveries?limit=1")).json.items as { id: string }[];
    const discarded = expectStatus(await call("POST", `/deliveries/${waiting?.id}/discard`), 200);
    assert.equal(discarded.json.state, "cancelled");
  },

  "management: what failed is recovered, what was missed is replayed, what was sent is sent again": async (
    bench,
  ) => {
    const { call, path, publish, deliver } = await serveEndpoint(bench, { retrySchedule: ONCE });
    const since = bench.clock.now().toISOString();
    const messageId = await publish();
    await deliver(500);
    const recovered = await call("POST", `${path}/recover`, { body: { since } });
    assert.deepEqual(expectStatus(recovered, 200).json, { recovered: 1, nextCursor: null });
    const late = (await createEndpoint(call)).json;
    const replayed = await call("POST", `/webhook-endpoints/${late.id}/replay`, { body: { since } });
    assert.deepEqual(expectStatus(replayed, 200).json, { replayed: 1, nextCursor: null });
    await deliver(204);
    const resent = await call("POST", `/messages/${messageId}/resend`, { body: { endpointId: late.id } });
    const { json } = expectStatus(resent, 202);
    assert.deepEqual([json.state, json.messageId, json.endpointId], ["pending", messageId, late.id]);
    expectProblem(await call("POST", `${path}/recover`, { body: {} }), 400, "VALIDATION_FAILED");
    const yesterday = await call("POST", `${path}/recover`, { body: { since: "yesterday" } });
    expectProblem(yesterday, 400, "VALIDATION_FAILED");
  },

  "management: a test event goes to one endpoint, once for each Idempotency-Key": async (bench) => {
    const { call, path } = await serveEndpoint(bench);
    await createEndpoint(call);
    const headers = [["Idempotency-Key", "first"]] as const;
    const sent = expectStatus(await call("POST", `${path}/test`, { headers }), 202);
    assert.equal(`/webhook-endpoints/${sent.json.endpointId}`, path);
    assert.equal((await call("POST", `${path}/test`, { headers })).json.id, sent.json.id);
    assert.equal(((await call("GET", "/deliveries")).json.items as unknown[]).length, 1);
    await call("POST", `${path}/disable`);
    expectProblem(await call("POST", `${path}/test`), 409, "CONFLICT");
  },

  "management: a message is read with the text that is sent": async (bench) => {
    const { call, publish } = await serveEndpoint(bench);
    const messageId = await publish();
    const listed = (await call("GET", "/messages")).json.items as Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      listed.map(({ id, type, payload }) => [id, type, payload]),
      [[messageId, "post.published", undefined]],
    );
    const message = expectStatus(await call("GET", `/messages/${messageId}`), 200).json;
    assert.deepEqual(JSON.parse(String(message.payload)).data, { postId: "42" });
  },

  "management: a delivery below another endpoint's path is not found": async (bench) => {
    const { call, publish, path } = await serveEndpoint(
      bench,
      {},
      {
        deliveries: { routes: { retry: { path: "/hooks/:endpointId/deliveries/:deliveryId/retry" } } },
      },
    );
    await publish();
    const [delivery] = (await call("GET", `${path}/deliveries`)).json.items as {
      id: string;
      endpointId: string;
    }[];
    const other = (await createEndpoint(call)).json;
    const retry = (endpointId: unknown) =>
      call("POST", `/hooks/${endpointId}/deliveries/${delivery?.id}/retry`);
    expectProblem(await retry(other.id), 404, "DELIVERY_NOT_FOUND");
    expectStatus(await retry(delivery?.endpointId), 200);
  },

  "management: changes are recorded as done by whoever called, and listed": async (bench) => {
    const { call } = await serveEndpoint(bench);
    const { id } = (await createKey(call)).json;
    await call("DELETE", `/api-keys/${id}`, {
      headers: [
        ["X-Request-Id", "trace-7"],
        ["User-Agent", "portal/1"],
      ],
    });
    const query = `/audit-events?targetType=api_key&targetId=${id}&action=api_key.revoked`;
    const { items } = expectStatus(await call("GET", query), 200).json;
    const [event, ...others] = items as Readonly<Record<string, unknown>>[];
    assert.equal(others.length, 0);
    assert.deepEqual(
      [event?.actorId, event?.actorKind, event?.correlationId, event?.userAgent, event?.ip],
      ["ada", "host", "trace-7", "portal/1", "127.0.0.1"],
    );
    expectProblem(await call("GET", "/audit-events?targetId=x"), 400, "VALIDATION_FAILED");
    const as = { tenantId: "acme", actorId: "ada", permissions: ["api-keys:*", "webhooks:*"] };
    expectProblem(await call("GET", "/audit-events", { as }), 403, "INSUFFICIENT_SCOPE");
  },

  "management: a key sees how its own limits stand, and looking takes nothing": async (bench) => {
    const call = await serveManagement(bench);
    const limits = [{ name: "hour", limit: 5, windowSeconds: 3600 }];
    const { id, key } = (await createKey(call, { limits })).json;
    await bench.tenon.apiKeys.authenticate({ key: String(key), scopes: ["posts:read"] });
    const as = { tenantId: "acme", actorId: String(id), kind: "api_key" as const, permissions: [] };
    for (let looks = 0; looks < 2; looks += 1) {
      const { items } = expectStatus(await call("GET", "/rate-limit", { as }), 200).json;
      const [limit] = items as Readonly<Record<string, unknown>>[];
      assert.deepEqual([limit?.name, limit?.limit, limit?.remaining], ["hour", 5, 4]);
    }
    assert.deepEqual((await call("GET", "/rate-limit")).json.items, []);
  },
});

async function serveEndpoint<Middleware, FrameworkRequest>(
  bench: HttpBench<Middleware, FrameworkRequest>,
  endpoint: object = { retrySchedule: ENDLESS },
  routes: object = {},
) {
  const call = await serveManagement(bench, { options: { routes } });
  const { id } = (await createEndpoint(call, endpoint)).json;
  let status = 204;
  const tenon: Tenon = bench.createTenon({
    ...MANAGED,
    transport: {
      check: () => ({ ok: true }),
      request: async () => ({ ok: true, status, headers: {}, body: new Uint8Array(), truncated: false }),
    },
  });
  return {
    call,
    path: `/webhook-endpoints/${id}`,
    async publish() {
      bench.clock.advance(1);
      const data = { postId: "42" };
      const { message } = await tenon.webhooks.publish({ tenantId: "acme", type: "post.published", data });
      return message.id;
    },
    async deliver(answer: number) {
      status = answer;
      await tenon.webhooks.runOnce();
    },
  };
}
