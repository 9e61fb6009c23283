import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkWebhook, signWebhook, verifyWebhook, type WebhookBody } from "./index.js";
import { readRawBody } from "./raw-body.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const text = '{"a":1}';
const bytes = new TextEncoder().encode(text);

test("a string, bytes, a slice of Node's buffer pool and an ArrayBuffer are the same body", async () => {
  const pooled = Buffer.from(`xx${text}yy`).subarray(2, 2 + text.length);
  expect(pooled.byteOffset).toBeGreaterThan(0);
  expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length);
  const headers = await signWebhook(text, { secret });
  for (const body of [
    text,
    bytes,
    pooled,
    bytes.slice().buffer,
    new DataView(bytes.buffer) as unknown as Uint8Array,
  ]) {
    expect(await verifyWebhook(body, headers, secret)).toEqual({ a: 1 });
  }
});

test("bytes of another realm (Jest, node:vm) are bytes", () => {
  const [view, buffer] = runInNewContext(
    "[new Uint8Array([123, 125]), new Uint8Array([123, 125]).buffer]",
  ) as unknown[];
  expect(view instanceof Uint8Array).toBe(false);
  expect([...readRawBody(view)]).toEqual([123, 125]);
  expect([...readRawBody(buffer)]).toEqual([123, 125]);
});

test.each<[string, unknown]>([
  ["a parsed object", { a: 1 }],
  ["a parsed array", [123, 125]],
  [
    "an object that calls itself ArrayBuffer",
    { [Symbol.toStringTag]: "ArrayBuffer", byteLength: 2, length: 2 },
  ],
  ["nothing", undefined],
  ["null", null],
  ["a number", 1],
  ["a String object", new String(text)],
  ["a promise of the body, not awaited", Promise.resolve(text)],
  ["a detached buffer", detached()],
])("%s is answered with payload_not_raw and how to mount the raw parser", async (_name, body) => {
  const result = await checkWebhook(body as WebhookBody, {}, secret);
  expect(result).toMatchObject({ ok: false, code: "payload_not_raw" });
  if (!result.ok) expect(result.message).toContain("express.raw");
});

test("strings that UTF-8 would merge are refused, so two different strings never verify as one", async () => {
  const headers = await signWebhook('{"a":"\ufffd"}', { secret });
  for (const surrogate of ["\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800"]) {
    expect(await checkWebhook(`{"a":"${surrogate}"}`, headers, secret)).toMatchObject({
      code: "payload_not_raw",
    });
    await expect(signWebhook(surrogate, { secret })).rejects.toMatchObject({ code: "payload_not_raw" });
  }
  expect(await verifyWebhook('{"a":"\ufffd"}', headers, secret)).toEqual({ a: "\ufffd" });
});

test("two different bodies never verify with one signature, invalid UTF-8 included", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), async (signed, other) => {
      fc.pre(Buffer.compare(signed, other) !== 0);
      const headers = await signWebhook(signed, { secret });
      expect(await checkWebhook(other, headers, secret)).toMatchObject({ code: "no_matching_signature" });
      expect(await checkWebhook(signed, headers, secret)).not.toMatchObject({
        code: "no_matching_signature",
      });
    }),
  );
});

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(2);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}
