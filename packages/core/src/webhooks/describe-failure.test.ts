import { describe, expect, test } from "vitest";
import { describeFailure } from "./describe-failure.js";

describe("a failure is told", () => {
  test("as the transport says it", () => {
    const message = "no secure connection to partner.example (CERT_HAS_EXPIRED)";
    expect(describeFailure(message)).toBe(message);
  });

  test("without the credentials, query and fragment of URLs", () => {
    const message =
      "fetch https://ann:pa:ss@partner.example/hooks?token=t0ps3cret#key=s3cret failed; is it up? see https://docs.example/a";
    expect(describeFailure(message)).toBe(
      "fetch https://partner.example/hooks failed; is it up? see https://docs.example/a",
    );
  });

  test("in text that every storage keeps, and not at length", () => {
    expect(describeFailure("a\u0000b")).toBe("a\uFFFDb");
    expect(describeFailure("x".repeat(10_000))).toHaveLength(300);
  });
});
