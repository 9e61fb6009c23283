import fc from "fast-check";
import { expect, test } from "vitest";
import { findHeaderProblems } from "./custom-headers.js";

const signatureHeaders = new Set(["x-example-signature"]);

test.each([
  ["X-Custom-Header", "value"],
  ["Authorization", "Bearer abc.def"],
  ["x-team", "a b\tc"],
  ["X-1!#$%&'*+-.^_`|~", "~"],
])("%s is the partner's to set", (name, value) => {
  expect(findHeaderProblems({ [name]: value }, signatureHeaders)).toEqual([]);
});

test.each([
  "Host",
  "content-type",
  "Content-Length",
  "transfer-encoding",
  "Connection",
  "Keep-Alive",
  "TE",
  "Trailer",
  "Upgrade",
  "Proxy-Authorization",
  "webhook-id",
  "Webhook-Signature",
  "svix-id",
  "X-Example-SIGNATURE",
  "expect",
  "accept-encoding",
  "user-agent",
])("%s is not", (name) => {
  expect(findHeaderProblems({ [name]: "x" }, signatureHeaders)).toEqual([
    { pointer: `/headers/${name}`, message: "is set by the delivery itself" },
  ]);
});

test.each(["", "x y", "x:y", "x\r\ny", "é", "x\u0000", "x".repeat(129)])(
  "a name that is no token is refused: %j",
  (name) => {
    expect(findHeaderProblems({ [name]: "x" }, signatureHeaders)).toHaveLength(1);
  },
);

test("a header can't be smuggled in by a value", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\r", "\n", "\0", "\r\nX-Evil: 1"),
      (text, evil) => {
        expect(findHeaderProblems({ "X-A": `a${text}${evil}b` }, signatureHeaders)).toHaveLength(1);
      },
    ),
  );
});

test("no value is repeated in a problem, and the mask is none", () => {
  const problems = findHeaderProblems(
    { "X-A": " hunter2\n", "X-B": "[secret]", "x-a": "hunter2" },
    signatureHeaders,
  );
  expect(problems.map(({ pointer }) => pointer)).toEqual(["/headers/X-A", "/headers/X-B", "/headers/x-a"]);
  expect(JSON.stringify(problems)).not.toContain("hunter2");
});

test("twenty headers are the most", () => {
  const headers = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, "x"]));
  expect(findHeaderProblems(headers(20), signatureHeaders)).toEqual([]);
  expect(findHeaderProblems(headers(21), signatureHeaders)).toEqual([
    { pointer: "/headers", message: "must be at most 20" },
  ]);
});
