import { type SignatureProfile, standardWebhooks, verifyWebhook } from "@tenon/verify-webhook";
import { stripe } from "@tenon/verify-webhook/providers";
import { expect, test } from "vitest";
import { nodeCrypto } from "../runtime/crypto-node.js";
import { createSecret } from "../secret/secret.js";
import { signedHeaders } from "./sign-request.js";
import { checkSignatureProfiles } from "./signature-profiles.js";

const text = "whsec_0123456789abcdef0123456789abcdef";
const older = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const privateKey =
  "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const publicKey = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const body = '{"eventType":"SESSION_COMPLETED","learnerId":"learner-123"}';
const at = new Date(1717237800_000);

const timed = {
  headers: { timestamp: "x-aivo-timestamp", signature: "x-aivo-signature" },
  content: "{timestamp}.{body}",
  timestampUnit: "milliseconds",
  encoding: "hex",
  prefix: "sha256=",
  key: "utf8",
} as const satisfies SignatureProfile;
const bare = {
  headers: { signature: "x-webhook-signature" },
  content: "{body}",
  encoding: "hex",
  prefix: "",
  key: "utf8",
} as const satisfies SignatureProfile;

function sign(
  profiles: readonly SignatureProfile[],
  { secrets = [text], sent = body }: { readonly secrets?: readonly string[]; readonly sent?: string } = {},
) {
  return signedHeaders({
    messageId: "msg_1",
    timestamp: at,
    body: new TextEncoder().encode(sent),
    secrets: secrets.map(createSecret),
    profiles,
    crypto: nodeCrypto,
  });
}

test("a kept wire format gets exactly its headers: prefixed hex over milliseconds and the body", () => {
  expect(sign([timed])).toEqual({
    "content-type": "application/json",
    "x-aivo-timestamp": "1717237800000",
    "x-aivo-signature": "sha256=00440d4fb8304af3c6673a086a7217d369aba0cb76b7f861237ae8f4f1fad082",
  });
});

test("a kept wire format gets exactly its header: bare hex over the body alone", () => {
  const sent = JSON.stringify({
    event: "POST_PUBLISHED",
    timestamp: "2024-01-13T12:00:00Z",
    workspaceId: "workspace_123",
    data: {
      postId: "post_456",
      platforms: ["INSTAGRAM", "FACEBOOK"],
      content: "Check out our new product!",
      publishedAt: "2024-01-13T12:00:00Z",
    },
  });
  expect(sign([bare], { sent })).toEqual({
    "content-type": "application/json",
    "x-webhook-signature": "255b70382cc6c43915bcf7d89ff9239b12051171eb5d943d40693f73ce1e15b8",
  });
});

test("several formats are sent side by side, and a receiver of any of them, or of all, accepts", async () => {
  const all = [standardWebhooks, timed, bare];
  const headers = sign(all);
  expect(Object.keys(headers)).toHaveLength(7);
  for (const profiles of [...all, all]) {
    expect(await verifyWebhook(body, headers, text, { profiles, now: at })).toEqual(JSON.parse(body));
  }
});

test("while secrets rotate every one signs where the header holds several, and the newest where it holds one", async () => {
  const headers = sign([standardWebhooks, stripe, timed], { secrets: [text, older] });
  for (const secret of [text, older]) {
    for (const profiles of [standardWebhooks, stripe]) {
      await verifyWebhook(body, headers, secret, { profiles, now: at });
    }
  }
  await verifyWebhook(body, headers, text, { profiles: timed, now: at });
  const old = verifyWebhook(body, headers, older, { profiles: timed, now: at });
  await expect(old).rejects.toMatchObject({ code: "no_matching_signature" });
});

test("an ed25519 key signs beside a secret, and only where the format has ed25519", async () => {
  const headers = sign([standardWebhooks, timed], { secrets: [privateKey, text] });
  expect(headers["webhook-signature"]).toMatch(/^v1a,\S{88} v1,\S{44}$/);
  for (const secret of [publicKey, text]) await verifyWebhook(body, headers, secret, { now: at });
  await verifyWebhook(body, headers, text, { profiles: timed, now: at });
  expect(sign([standardWebhooks, timed], { secrets: [privateKey] })).not.toHaveProperty("x-aivo-signature");
  expect(() => sign([timed], { secrets: [privateKey] })).toThrow(
    expect.objectContaining({ code: "malformed_secret", message: expect.not.stringContaining("6Xb") }),
  );
});

test("formats that would write one header, or the connection's, or contradict themselves, are refused together", () => {
  const taken = { ...bare, headers: { signature: "webhook-signature" } };
  const shared = { ...timed, headers: { ...timed.headers, timestamp: "webhook-timestamp" } };
  const host = { ...bare, headers: { signature: "host" } };
  expect(() =>
    checkSignatureProfiles([standardWebhooks, taken, shared, host, {} as SignatureProfile]),
  ).toThrow(
    expect.objectContaining({
      problems: ["/1", "/2", "/3", "/4"].map((pointer) => expect.objectContaining({ pointer })),
    }),
  );
  expect(() => checkSignatureProfiles([])).toThrow("must not be empty");
  const sameUnit = { ...shared, timestampUnit: "seconds" } as const;
  expect(checkSignatureProfiles([standardWebhooks, sameUnit])).toHaveLength(2);
});
