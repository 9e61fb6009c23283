import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  checkWebhook,
  type StandardSchema,
  signWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookBody,
  type WebhookHeaders,
  WebhookVerificationError,
} from "./index.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = JSON.stringify({ type: "post.published", data: { postId: "42" } });
const PostPublished = z.object({ type: z.literal("post.published"), data: z.object({ postId: z.string() }) });

describe("the event", () => {
  test("is the parsed body, of unknown type without a schema", async () => {
    const event = await verifyWebhook(body, await signWebhook(body, { secret }), secret);
    expect(event).toStrictEqual(JSON.parse(body));
    expectTypeOf(event).toBeUnknown();
  });

  test("is checked and typed by a zod schema", async () => {
    const headers = await signWebhook(body, { secret });
    const event = await verifyWebhook(body, headers, secret, { schema: PostPublished });
    expect(event.data.postId).toBe("42");
    expectTypeOf(event).toEqualTypeOf<z.infer<typeof PostPublished>>();
  });

  test("is the schema's output, also of an asynchronous one", async () => {
    const schema = z.object({
      data: z.object({ postId: z.string().transform(async (text) => Number(text)) }),
    });
    const result = await checkWebhook(body, await signWebhook(body, { secret }), secret, { schema });
    expect(result).toMatchObject({ ok: true, event: { data: { postId: 42 } } });
    if (result.ok) expectTypeOf(result.event.data.postId).toBeNumber();
  });

  test("comes with the message's id and the time of the attempt from checkWebhook", async () => {
    const timestamp = new Date("2026-01-02T03:04:05.678Z");
    const headers = await signWebhook(body, { secret, id: "msg_7", timestamp });
    expect(await checkWebhook(body, headers, secret, { now: timestamp })).toStrictEqual({
      ok: true,
      event: JSON.parse(body),
      id: "msg_7",
      timestamp: new Date("2026-01-02T03:04:05.000Z"),
    });
  });

  test("is parsed from the bytes that were verified, whatever happens to the buffer meanwhile", async () => {
    const bytes = new TextEncoder().encode('{"amount":1}');
    const verifying = verifyWebhook(bytes, await signWebhook(bytes, { secret }), secret);
    bytes.set(new TextEncoder().encode("9"), '{"amount":'.length);
    expect(await verifying).toEqual({ amount: 1 });
  });
});

describe("a schema that says no", () => {
  test("is answered with the places and reasons, at most three", async () => {
    const schema = z.object({ a: z.string(), b: z.string(), c: z.string(), d: z.object({ e: z.string() }) });
    const result = await checkWebhook(body, await signWebhook(body, { secret }), secret, { schema });
    expect(result).toMatchObject({ ok: false, code: "schema_mismatch" });
    if (!result.ok) expect(result.message).toMatch(/a: .+; b: .+; c: /);
    if (!result.ok) expect(result.message).not.toContain("d: ");
  });

  test.each<[string, unknown]>([
    [
      "throws",
      withValidate(() => {
        throw new Error("schema bug");
      }),
    ],
    ["rejects", withValidate(() => Promise.reject(new Error("schema bug")))],
    ["answers nothing", withValidate(() => undefined)],
    ["answers with issues that throw", withValidate(() => ({ issues: [hostile()] }))],
    ["is no Standard Schema", { parse: () => ({}) }],
    ["throws on every touch", hostile()],
  ])("a schema that %s is a schema_mismatch with its cause", async (_name, schema) => {
    const headers = await signWebhook(body, { secret });
    const options = { schema: schema as StandardSchema<unknown> };
    const error: unknown = await verifyWebhook(body, headers, secret, options).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(WebhookVerificationError);
    expect(error).toMatchObject({ code: "schema_mismatch", cause: expect.any(Error) });
  });
});

describe("the caller's own mistakes", () => {
  const wrongOptions: readonly unknown[] = [
    { toleranceSeconds: Number.NaN },
    { toleranceSeconds: Number.POSITIVE_INFINITY },
    { toleranceSeconds: -1 },
    { toleranceSeconds: "300" },
    { toleranceSeconds: null },
    { now: new Date(Number.NaN) },
    { now: 1614265330 },
    null,
  ];

  test("a wrong option rejects with a TypeError, and never throws in the call itself", async () => {
    for (const options of wrongOptions as readonly VerifyWebhookOptions[]) {
      const verifying = verifyWebhook(body, await signWebhook(body, { secret }), secret, options);
      await expect(verifying).rejects.toBeInstanceOf(TypeError);
    }
  });

  test("checkWebhook answers them with a refusal", async () => {
    for (const options of wrongOptions as readonly VerifyWebhookOptions[]) {
      const result = await checkWebhook(body, await signWebhook(body, { secret }), secret, options);
      expect(result).toMatchObject({ ok: false, code: "no_matching_signature" });
    }
  });

  test("toleranceSeconds may be 0 or a fraction", async () => {
    const timestamp = new Date(1614265330_000);
    const headers = await signWebhook(body, { secret, timestamp });
    const check = (ms: number, toleranceSeconds: number) =>
      checkWebhook(body, headers, secret, { now: new Date(timestamp.getTime() + ms), toleranceSeconds });
    expect(await check(0, 0)).toMatchObject({ ok: true });
    expect(await check(500, 0.5)).toMatchObject({ ok: true });
    expect(await check(501, 0.5)).toMatchObject({ ok: false, code: "timestamp_too_old" });
    expect(await check(-501, 0.5)).toMatchObject({ ok: false, code: "timestamp_too_new" });
  });
});

describe("checkWebhook never throws", () => {
  const values: readonly unknown[] = [
    undefined,
    null,
    0,
    "",
    "x",
    Symbol("s"),
    1n,
    [],
    {},
    hostile(),
    () => 1,
  ];
  const throwingGetters = {
    get "webhook-id"(): string {
      throw hostile();
    },
  };

  test("whatever body, headers, secrets and options are", async () => {
    const headers = await signWebhook(body, { secret });
    for (const value of [
      ...values,
      throwingGetters,
      { get: () => Promise.reject(new Error("late")).catch(() => {}) },
    ]) {
      const answers = [
        await checkWebhook(value as WebhookBody, headers, secret),
        await checkWebhook(body, value as WebhookHeaders, secret),
        await checkWebhook(body, headers, value as string),
        await checkWebhook(body, headers, [value] as string[]),
      ];
      for (const answer of answers) expect(answer).toMatchObject({ ok: false, message: expect.any(String) });
    }
    const answer = await checkWebhook(body, headers, secret, hostile() as VerifyWebhookOptions);
    expect(answer).toMatchObject({ ok: false });
  });

  test("verifyWebhook throws only its own error for the same", async () => {
    const headers = await signWebhook(body, { secret });
    for (const value of [...values, throwingGetters]) {
      for (const verifying of [
        verifyWebhook(value as WebhookBody, headers, secret),
        verifyWebhook(body, value as WebhookHeaders, secret),
        verifyWebhook(body, headers, value as string),
      ]) {
        await expect(verifying).rejects.toBeInstanceOf(WebhookVerificationError);
      }
    }
  });
});

function withValidate(validate: () => unknown): unknown {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** Throws an ordinary error on every touch. */
function hostile(): object {
  const refuse = (): never => {
    throw new Error("hostile");
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
}
