import assert from "node:assert/strict";
import type { EventSchemas, ReceivedWebhook } from "@tenon/core/http";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";
import { event, serveReceiver } from "./webhook-cases.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const deleted = '{"type":"post.deleted","data":{}}';

export const webhookHandlingCases: HttpCases = () => ({
  "with `seen`, an event that comes again is answered 204 and not handed on": async (bench) => {
    const { received, send } = await serveReceiver(bench, createSeenIds().options);
    for (const id of ["msg_a", "msg_b", "msg_a", "msg_a"])
      assert.equal((await send(event({ id }))).status, 204);
    assert.deepEqual(
      received.map(({ id }) => id),
      ["msg_a", "msg_b"],
    );
  },

  "a handler that fails leaves no mark: what it is sent again is handed on": async (bench) => {
    const seenIds = createSeenIds();
    const failure = new Error("the queue is full");
    let attempts = 0;
    const { send } = await serveReceiver(bench, {
      ...seenIds.options,
      onEvent: (_received, _request, transaction) => {
        assert.ok(seenIds.isOpen(transaction), "the handler runs in the transaction that marks the id");
        attempts += 1;
        if (attempts === 1) throw failure;
      },
    });
    const statuses: number[] = [];
    for (let time = 0; time < 3; time += 1) statuses.push((await send(event())).status);
    assert.deepEqual([statuses, attempts], [[500, 204, 204], 2]);
    assert.deepEqual(bench.errors, [failure]);
  },

  "a transaction that keeps a handler's failure to itself, or runs nothing, is answered 500": async (
    bench,
  ) => {
    const failure = new Error("the queue is full");
    const swallowing = await serveReceiver(bench, {
      transaction: (run) => run(undefined).catch(() => {}),
      onEvent: () => Promise.reject(failure),
    });
    assert.equal((await swallowing.send(event())).status, 500);
    const idle = await serveReceiver(bench, { transaction: async () => {} });
    assert.equal((await idle.send(event())).status, 500);
    assert.equal(bench.errors[0], failure);
    assert.match(String(bench.errors[1]), /ConfigError.*\/transaction/);
  },

  "events go to the handler of their type, and those that nobody asked for are answered 204": async (
    bench,
  ) => {
    const calls: string[] = [];
    const seenIds = createSeenIds();
    const on = { "post.published": ({ type }: ReceivedWebhook) => void calls.push(`on ${type}`) };
    const { send } = await serveReceiver(bench, { ...seenIds.options, on });
    for (const body of [undefined, deleted, '{"type":"constructor"}', '{"type":7}', "null"])
      assert.equal((await send(event({ id: `msg_${body?.length}`, ...(body && { body }) }))).status, 204);
    assert.deepEqual(calls, ["on post.published"]);
    assert.equal(seenIds.committed.size, 1, "what nobody asked for leaves no mark");

    const onEvent = ({ type }: ReceivedWebhook) => void calls.push(`rest ${type}`);
    const both = await serveReceiver(bench, { on, onEvent });
    await both.send(event());
    await both.send(event({ body: deleted }));
    assert.deepEqual(calls.slice(1), ["on post.published", "rest post.deleted"]);
  },

  "an event's type may stand elsewhere": async (bench) => {
    const types: (string | undefined)[] = [];
    const { send } = await serveReceiver(bench, {
      typeOf: (_event, request) => bench.framework.readHeader(request, "x-event"),
      on: { push: ({ type }) => void types.push(type) },
    });
    const signed = event({ body: "{}" });
    await send({ ...signed, headers: [...signed.headers, ["X-Event", "push"]] });
    await send(signed);
    assert.deepEqual(types, ["push"]);
  },

  "an event that doesn't fit its schema is answered 400, unmarked; one that fits comes as the schema makes it":
    async (bench) => {
      const seenIds = createSeenIds();
      const codes: string[] = [];
      const events: EventSchemas = { "post.published": titled };
      const handled: unknown[] = [];
      const { send } = await serveReceiver(bench, {
        ...seenIds.options,
        events,
        on: { "post.published": ({ event: made }) => void handled.push(made) },
        onRefused: ({ code, message }) => void codes.push(`${code}: ${message}`),
      });
      const reply = await send(event({ body: '{"type":"post.published","data":{}}' }));
      expectProblem(reply, 400, "VALIDATION_FAILED");
      assert.doesNotMatch(reply.body, /is missing/);
      assert.deepEqual(codes, [
        "schema_mismatch: post.published does not fit its schema: data.title: is missing",
      ]);
      assert.equal(seenIds.committed.size, 0);
      assert.equal((await send(event())).status, 204);
      assert.deepEqual(handled, [{ title: "Grüße" }]);
    },

  "a signed body that can't be read is answered 400, and `parse` reads what isn't JSON": async (bench) => {
    const form = event({ body: "a=1&b=2" });
    const plain = await serveReceiver(bench);
    expectProblem(await plain.send(form), 400, "VALIDATION_FAILED");
    const parse = (text: string) => Object.fromEntries(new URLSearchParams(text));
    const { send, received } = await serveReceiver(bench, { parse });
    assert.equal((await send(form)).status, 204);
    assert.deepEqual(received[0]?.event, { a: "1", b: "2" });
  },

  "options that can't work together are found when the receiver is built": async ({ framework }) => {
    const build = (options: object) => () =>
      framework.webhookReceiver({ secrets: SECRET, onEvent: () => {}, ...options });
    expectConfigError(() => framework.webhookReceiver({ secrets: SECRET }), "/onEvent");
    expectConfigError(build({ seen: () => false }), "/transaction");
    expectConfigError(
      build({ on: { "post.publishd": () => {} }, events: { "post.published": titled } }),
      "/on/",
    );
    expectConfigError(build({ events: { "post.published": {} } }), "/events/post.published");
    expectConfigError(build({ onRefused: "log" }), "/onRefused");
  },
});

/** A schema without any library: a post with a title, of which it keeps the title. */
const titled: EventSchemas[string] = {
  "~standard": {
    version: 1,
    vendor: "contract-tests",
    validate: (value) => {
      const { title } = (value as { readonly data: { readonly title?: string } }).data;
      return title === undefined
        ? { issues: [{ message: "is missing", path: ["data", "title"] }] }
        : { value: { title } };
    },
  },
};

/** A store of ids with transactions: what one marks stays only if it commits. */
export function createSeenIds() {
  const committed = new Set<string>();
  const open = new Map<unknown, Set<string>>();
  return {
    committed,
    isOpen: (transaction: unknown) => open.has(transaction),
    options: {
      transaction: async (run: (transaction: unknown) => Promise<void>) => {
        const transaction = {};
        const marks = new Set<string>();
        open.set(transaction, marks);
        try {
          await run(transaction);
          for (const id of marks) committed.add(id);
        } finally {
          open.delete(transaction);
        }
      },
      seen: (id: string, transaction: unknown) => {
        if (committed.has(id)) return true;
        open.get(transaction)?.add(id);
        return false;
      },
    },
  };
}
