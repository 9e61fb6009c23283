import { expect, test } from "vitest";
import * as nodeCrypto from "./crypto.node.js";
import * as webCrypto from "./crypto.web.js";
import { signWebhook, verifyWebhook } from "./index.js";
import { signWith } from "./sign-with.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test.each([
  ["node:crypto", nodeCrypto],
  ["WebCrypto", webCrypto],
] as const)(
  "with %s, the published vector is signed as the reference library does",
  async (_name, crypto) => {
    const options = { secret, id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: new Date(1614265330_999) };
    expect(await signWith(crypto, '{"test": 2432232314}', options)).toStrictEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  },
);

test("without an id and a time, each webhook has an id of its own and is signed now", async () => {
  const [first, second] = await Promise.all([signWebhook("{}", { secret }), signWebhook("{}", { secret })]);
  expect(first["webhook-id"]).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(first["webhook-id"]).not.toBe(second["webhook-id"]);
  expect(Math.abs(Number(first["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(5);
  expect(await verifyWebhook("{}", first, secret)).toEqual({});
});

test("what verifyWebhook would refuse cannot be signed", async () => {
  await expect(signWebhook("{}", { secret: "whsec_short" })).rejects.toMatchObject({
    code: "malformed_secret",
  });
  await expect(signWebhook({} as string, { secret })).rejects.toMatchObject({ code: "payload_not_raw" });
  for (const id of ["", "a.b", "a b", "é", "m".repeat(257), 7 as unknown as string]) {
    await expect(signWebhook("{}", { secret, id })).rejects.toBeInstanceOf(TypeError);
  }
  for (const time of [Number.NaN, -1]) {
    await expect(signWebhook("{}", { secret, timestamp: new Date(time) })).rejects.toBeInstanceOf(TypeError);
  }
});

test("the headers fit fetch and Headers", async () => {
  const request = new Request("http://localhost/", {
    method: "POST",
    body: "{}",
    headers: await signWebhook("{}", { secret }),
  });
  expect(await verifyWebhook(await request.text(), request.headers, secret)).toEqual({});
});
