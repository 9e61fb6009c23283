import fc from "fast-check";
import { expect, test } from "vitest";
import { checkWebhook, signWebhook, type WebhookHeaders, WebhookVerificationError } from "./index.js";
import { isMessageId, readSignedHeaders } from "./signed-headers.js";

const good = { "webhook-id": "msg_1", "webhook-timestamp": "1614265330", "webhook-signature": "v1,a v1,b" };
const read = { id: "msg_1", timestamp: "1614265330", signatures: ["v1,a", "v1,b"] };
const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

test("Headers, a Map-like get, Node's headers and a plain object in any case are read alike", () => {
  const capitals = Object.fromEntries(
    Object.entries(good).map(([name, value]) => [name.toUpperCase(), value]),
  );
  const lists = Object.fromEntries(Object.entries(good).map(([name, value]) => [name, [value]]));
  const withoutPrototype = Object.assign(Object.create(null), good, {
    host: "a",
    "set-cookie": ["b", "c"],
    x: undefined,
  });
  for (const headers of [
    good,
    capitals,
    lists,
    withoutPrototype,
    new Headers(good),
    new Map(Object.entries(good)),
  ]) {
    expect(readSignedHeaders(headers)).toEqual(read);
  }
});

test("a header set to undefined in one case does not hide the other", () => {
  expect(readSignedHeaders({ ...good, "Webhook-Id": undefined })).toEqual(read);
});

test("a header that appears twice in Headers is malformed, each of the three", () => {
  for (const name of NAMES) {
    const headers = new Headers(good);
    headers.append(name, good[name]);
    expect(() => readSignedHeaders(headers)).toThrow(expect.objectContaining({ code: "malformed_header" }));
  }
});

test("the message names the header and says what to do, and repeats no value", () => {
  const planted = "planted.value";
  for (const name of NAMES) {
    const missing = capture({ ...good, [name]: undefined });
    expect(missing).toMatchObject({ code: "missing_header", message: expect.stringContaining(name) });
    const malformed = capture({ ...good, [name]: [planted, planted] });
    expect(malformed).toMatchObject({ code: "malformed_header", message: expect.stringContaining(name) });
    expect(malformed.message).not.toContain(planted);
  }
  expect(capture({ ...good, "webhook-timestamp": planted }).message).not.toContain(planted);
  expect(capture({ ...good, "webhook-id": planted }).message).not.toContain(planted);
});

test("no headers at all, a function, and the list of raw headers are missing headers", () => {
  for (const headers of [undefined, null, "webhook-id", 7, () => good, Object.entries(good).flat(), []]) {
    expect(capture(headers)).toMatchObject({ code: "missing_header" });
  }
});

test("whatever the headers hold, only the typed error is thrown", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.anything(),
    fc.constantFrom(...Object.values(good)),
  );
  const name = fc.oneof(fc.constantFrom(...NAMES, "Webhook-Id", "WEBHOOK-SIGNATURE", "get"), fc.string());
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(name, value), fc.anything()), (headers) => {
      try {
        const { id, timestamp, signatures } = readSignedHeaders(headers);
        expect(isMessageId(id)).toBe(true);
        expect(String(Number(timestamp))).toBe(timestamp);
        expect(signatures.length).toBeLessThanOrEqual(32);
      } catch (error) {
        expect(error).toBeInstanceOf(WebhookVerificationError);
        expect(error).toMatchObject({ code: expect.stringMatching(/^(missing|malformed)_header$/) });
      }
    }),
  );
});

test("a timestamp is read exactly if it is what String gives for a whole number of at most 12 digits", () => {
  const nearly = fc
    .tuple(
      fc.nat(),
      fc.constantFrom("", "0", "+", "-", " ", "0x"),
      fc.constantFrom("", "junk", ".0", "e1", " ", "\n", "_0"),
    )
    .map(([number, before, after]) => before + number + after);
  fc.assert(
    fc.property(fc.oneof(nearly, fc.nat().map(String), fc.string({ unit: "binary" })), (text) => {
      const number = Number(text);
      const isPlain = Number.isInteger(number) && number >= 0 && number < 1e12 && String(number) === text;
      const act = () => readSignedHeaders({ ...good, "webhook-timestamp": text }).timestamp;
      if (isPlain) expect(act()).toBe(text);
      else expect(act).toThrow(WebhookVerificationError);
    }),
  );
});

test("headers that were not signed for this body are never accepted", async () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const timestamp = new Date(1614265330_000);
  const signed = await signWebhook("{}", { secret, id: "msg_1", timestamp });
  const mutated = fc.record({
    "webhook-id": fc.oneof(fc.constant(signed["webhook-id"]), fc.string()),
    "webhook-timestamp": fc.oneof(
      fc.constant(signed["webhook-timestamp"]),
      fc.integer({ min: 1614265031, max: 1614265629 }).map(String),
    ),
    "webhook-signature": fc.oneof(
      fc.constant(signed["webhook-signature"]),
      fc.base64String({ minLength: 44, maxLength: 44 }).map((mac) => `v1,${mac}`),
      fc.nat(46).map((index) => changeCharacter(signed["webhook-signature"], index)),
    ),
  });
  await fc.assert(
    fc.asyncProperty(mutated, async (headers) => {
      const result = await checkWebhook("{}", headers, secret, { now: timestamp });
      expect(result.ok).toBe(NAMES.every((name) => headers[name] === signed[name]));
    }),
  );
});

function changeCharacter(text: string, index: number): string {
  return text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);
}

function capture(headers: unknown): WebhookVerificationError {
  try {
    readSignedHeaders(headers as WebhookHeaders);
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error;
    throw error;
  }
  throw new Error("the headers were accepted");
}
