import assert from "node:assert/strict";
import type { ConfigError } from "@tenon/core/errors";
import type { ReceivedReply } from "./send-request.js";

/** Checks that a reply is problem details with this code and status, and returns them (RFC 9457). */
export function expectProblem(
  reply: ReceivedReply,
  status: number,
  code: string,
): Readonly<Record<string, unknown>> {
  assert.equal(reply.status, status, reply.body);
  assert.equal(reply.headers["content-type"], "application/problem+json");
  assert.equal(reply.headers["cache-control"], "no-store");
  const problem: Readonly<Record<string, unknown>> = JSON.parse(reply.body);
  assert.equal(problem.status, status);
  assert.equal(problem.code, code);
  for (const member of ["type", "title", "detail"]) assert.equal(typeof problem[member], "string", member);
  return problem;
}

/** Checks that building a middleware throws a `ConfigError` that names the option. */
export function expectConfigError(build: () => unknown, pointer: string): void {
  assert.throws(build, (error) => {
    assert.ok(error instanceof Error && error.name === "ConfigError", String(error));
    const { problems } = error as ConfigError;
    assert.ok(
      problems.some((problem) => problem.pointer.startsWith(pointer)),
      error.message,
    );
    return true;
  });
}
