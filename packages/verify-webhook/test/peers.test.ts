import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect, test } from "vitest";
import { signWebhook, verifyWebhook } from "../src/index.js";

const secret = `whsec_${Buffer.from("a shared secret, 32 bytes long..").toString("base64")}`;
const body = JSON.stringify({ type: "post.published", data: { title: "Zoë 🦊" } });
const event = JSON.parse(body) as unknown;

test("a webhook signed by the npm package standardwebhooks is accepted", async () => {
  const now = new Date();
  const headers = {
    "webhook-id": "msg_standard",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new StandardWebhook(secret).sign("msg_standard", now, body),
  };
  expect(await verifyWebhook(body, headers, secret)).toEqual(event);
  expect(await verifyWebhook(Buffer.from(body), new Headers(headers), secret)).toEqual(event);
});

test("a webhook signed by the npm package svix is accepted once its header names are mapped", async () => {
  const now = new Date();
  const sent = {
    "svix-id": "msg_svix",
    "svix-timestamp": String(Math.floor(now.getTime() / 1000)),
    "svix-signature": new SvixWebhook(secret).sign("msg_svix", now, body),
  };
  const headers = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name.replace("svix-", "webhook-"), value]),
  );
  expect(await verifyWebhook(body, headers, secret)).toEqual(event);
});

test("what signWebhook signs is accepted by standardwebhooks and svix", async () => {
  const headers = await signWebhook(body, { secret });
  expect(new StandardWebhook(secret).verify(body, headers)).toEqual(event);
  expect(new SvixWebhook(secret).verify(body, headers)).toEqual(event);
  const svixHeaders = {
    "svix-id": headers["webhook-id"],
    "svix-timestamp": headers["webhook-timestamp"],
    "svix-signature": headers["webhook-signature"],
  };
  expect(new SvixWebhook(secret).verify(body, svixHeaders)).toEqual(event);
});

test("a webhook that the peers refuse is refused here too", async () => {
  const headers = await signWebhook(body, { secret });
  const changed = body.replace("post", "Post");
  expect(() => new StandardWebhook(secret).verify(changed, headers)).toThrow();
  expect(() => new SvixWebhook(secret).verify(changed, headers)).toThrow();
  await expect(verifyWebhook(changed, headers, secret)).rejects.toMatchObject({
    code: "no_matching_signature",
  });
});
