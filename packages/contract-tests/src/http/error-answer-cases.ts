import assert from "node:assert/strict";
import { NotFoundError, StorageError, ValidationError } from "@tenon/core";
import type { Logger } from "@tenon/core/ports";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

export const errorAnswerCases: HttpCases = () => ({
  "a caller's fault that a route throws is answered with its status, and every invalid field": async (
    bench,
  ) => {
    const { tenon } = bench;
    const thrown: readonly (readonly [string, unknown])[] = [
      ["/fields", new ValidationError([{ pointer: "/name", message: "must be short" }])],
      ["/nothing", new NotFoundError("NOT_FOUND", "There is no such post.")],
      ["/large", Object.assign(new Error("request entity too large"), { status: 413 })],
      [
        "/outage",
        new StorageError("STORAGE_UNAVAILABLE", "db.internal is out", {
          operation: "posts",
          retryable: true,
        }),
      ],
    ];
    const routes = thrown.map(([path, error]) => ({
      ...{ method: "GET" as const, path, middlewares: [] },
      answer: () => {
        throw error;
      },
    }));
    const send = await bench.serve(routes, { errorsAnsweredBy: tenon });
    const fields = expectProblem(await send({ path: "/fields" }), 400, "VALIDATION_FAILED");
    assert.deepEqual(fields.errors, [{ in: "body", pointer: "/name", message: "must be short" }]);
    const nothing = expectProblem(await send({ path: "/nothing" }), 404, "NOT_FOUND");
    assert.equal(nothing.detail, "There is no such post.");
    expectProblem(await send({ path: "/large" }), 413, "PAYLOAD_TOO_LARGE");
    const outage = await send({ path: "/outage" });
    expectProblem(outage, 503, "STORAGE_UNAVAILABLE");
    assert.equal(outage.headers["retry-after"], "5");
    assert.doesNotMatch(outage.body, /db\.internal/);
    assert.deepEqual(bench.errors, []);
  },

  "any other fault that a route throws is logged, and answered 500 without a word of it": async (bench) => {
    const logged: unknown[] = [];
    const ignore = () => {};
    const logger: Logger = {
      ...{ debug: ignore, info: ignore, warn: ignore },
      error: (fields) => void logged.push(fields.err),
    };
    const fault = new Error("db.internal refused the password");
    const route = {
      ...{ method: "GET" as const, path: "/posts", middlewares: [] },
      answer: () => {
        throw fault;
      },
    };
    const send = await bench.serve([route], { errorsAnsweredBy: bench.createTenon({ logger }) });
    const reply = await send({ path: "/posts" });
    expectProblem(reply, 500, "INTERNAL_ERROR");
    assert.doesNotMatch(reply.body, /db\.internal/);
    assert.equal(logged.length, 1);
  },

  "what routes throw is written as the host writes its refusals": async (bench) => {
    const tenon = bench.createTenon({
      http: { renderRefusal: ({ code, detail }) => ({ body: { error: { code, message: detail } } }) },
    });
    const route = {
      ...{ method: "GET" as const, path: "/posts", middlewares: [] },
      answer: () => {
        throw new NotFoundError("NOT_FOUND", "There is no such post.");
      },
    };
    const send = await bench.serve([route], { errorsAnsweredBy: tenon });
    const { status, body } = await send({ path: "/posts" });
    assert.equal(status, 404);
    assert.deepEqual(JSON.parse(body), { error: { code: "NOT_FOUND", message: "There is no such post." } });
  },
});
