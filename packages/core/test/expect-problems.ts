import { isTenonError, type ValidationError } from "@tenon/core";
import { expect } from "vitest";

/** The pointers of what a call was refused for. */
export async function problemsOf(promise: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await promise.then(
    () => expect.unreachable("it should have been refused"),
    (reason) => reason,
  );
  expect(isTenonError(error) && error.code).toBe("VALIDATION_FAILED");
  return (error as ValidationError).problems.map(({ pointer }) => pointer);
}
