import { createSecret } from "@tenon/core";
import { type SignatureProfile, standardWebhooks, verifyWebhook } from "@tenon/verify-webhook";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const endpointInput = { tenantId: TENANT, url: "https://partner.example/hooks", eventTypes: ["*"] };

const plainText = {
  headers: { signature: "x-webhook-signature" },
  content: "{body}",
  encoding: "hex",
  prefix: "",
  key: "utf8",
} as const satisfies SignatureProfile;

/** A kit whose clock shows the real time, for verifiers that go by it. */
function createKit(webhooks: Parameters<typeof createTestKit>[0] = {}): TestKit {
  const kit = createTestKit(webhooks);
  kit.clock.advance(Date.now() - kit.clock.now().getTime());
  return kit;
}

async function deliver(kit: TestKit) {
  await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: { postId: "p1" } });
  await kit.tenon.webhooks.runOnce();
  const { headers, body } = kit.transport.requests.at(-1) ?? expect.unreachable("a request was made");
  return { headers, body: new TextDecoder().decode(body as Uint8Array) };
}

describe("an ed25519 endpoint", () => {
  test("shows the public key that verifies its deliveries, on every look at it, and never the private one", async () => {
    const kit = createKit();
    const created = await kit.tenon.endpoints.create({ ...endpointInput, signing: "ed25519" });
    expect(created).toMatchObject({ signing: "ed25519", secret: undefined });
    expect(created.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    const { body, headers } = await deliver(kit);
    expect(headers["webhook-signature"]).toMatch(/^v1a,\S{88}$/);
    expect(await verifyWebhook(body, headers, created.publicKey ?? "")).toMatchObject({
      type: "post.published",
    });

    const reference = { tenantId: TENANT, endpointId: created.id };
    expect((await kit.tenon.endpoints.get(reference)).publicKey).toBe(created.publicKey);
    const { items } = await kit.tenon.endpoints.list({ tenantId: TENANT });
    expect(items[0]?.publicKey).toBe(created.publicKey);
    const stored = await kit.storage.endpoints.listSecrets(reference);
    expect(JSON.stringify([created, items, stored, kit.logLines])).not.toContain("whsk_");
  });

  test("has a key pair of its own: another's key doesn't verify", async () => {
    const kit = createKit();
    const other = await kit.tenon.endpoints.create({ ...endpointInput, signing: "ed25519" });
    await kit.tenon.endpoints.delete({ tenantId: TENANT, endpointId: other.id });
    await kit.tenon.endpoints.create({ ...endpointInput, signing: "ed25519" });
    const { body, headers } = await deliver(kit);
    await expect(verifyWebhook(body, headers, other.publicKey ?? "")).rejects.toMatchObject({
      code: "no_matching_signature",
    });
  });

  test("signs with both keys for the overlap of a rotation, then with the new one alone", async () => {
    const kit = createKit();
    const before = await kit.tenon.endpoints.create({ ...endpointInput, signing: "ed25519" });
    const reference = { tenantId: TENANT, endpointId: before.id };
    const rotated = await kit.tenon.endpoints.rotateSecret({ ...reference, overlapSeconds: 60 });
    expect(rotated.secret).toBeUndefined();
    expect(rotated.publicKey).not.toBe(before.publicKey);
    const { body, headers } = await deliver(kit);
    for (const { publicKey } of [before, rotated]) await verifyWebhook(body, headers, publicKey ?? "");
    kit.clock.advance(60_000);
    const later = await deliver(kit);
    expect(String(later.headers["webhook-signature"]).split(" ")).toHaveLength(1);
    const options = { now: kit.clock.now() };
    await verifyWebhook(later.body, later.headers, rotated.publicKey ?? "", options);
  });

  test("has no secret to reveal or to bring, and says what to give partners instead", async () => {
    const kit = createKit();
    const { id: endpointId } = await kit.tenon.endpoints.create({ ...endpointInput, signing: "ed25519" });
    await expect(kit.tenon.endpoints.revealSecret({ tenantId: TENANT, endpointId })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("publicKey"),
    });
    const secret = createSecret(`whsec_${Buffer.alloc(32, 9).toString("base64")}`);
    const refused = { code: "VALIDATION_FAILED", problems: [{ pointer: "/secret" }] };
    const { endpoints } = kit.tenon;
    await expect(endpoints.create({ ...endpointInput, signing: "ed25519", secret })).rejects.toMatchObject(
      refused,
    );
    await expect(endpoints.rotateSecret({ tenantId: TENANT, endpointId, secret })).rejects.toMatchObject(
      refused,
    );
  });

  test("is refused where no format has ed25519, and passed over by the formats that have none", async () => {
    const { tenon } = createKit({ webhooks: { signatureProfiles: [plainText] } });
    await expect(tenon.endpoints.create({ ...endpointInput, signing: "ed25519" })).rejects.toMatchObject({
      problems: [{ pointer: "/signing" }],
    });
    const both = createKit({ webhooks: { signatureProfiles: [standardWebhooks, plainText] } });
    await both.tenon.endpoints.create({ ...endpointInput, signing: "ed25519" });
    const { headers } = await deliver(both);
    expect(headers).toHaveProperty("webhook-signature");
    expect(headers).not.toHaveProperty("x-webhook-signature");
  });
});

describe("a secret that the host shares", () => {
  const [newer, older] = [9, 8].map((byte) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`) as [
    string,
    string,
  ];

  test("signs for the endpoints that are created with it, and for no others", async () => {
    const kit = createKit({ webhooks: { sharedSecret: newer } });
    const created = await kit.tenon.endpoints.create({ ...endpointInput, signing: "shared" });
    expect(created).toMatchObject({ signing: "shared", secret: undefined, publicKey: undefined });
    const { body, headers } = await deliver(kit);
    expect(new Webhook(newer).verify(body, { ...headers })).toMatchObject({ type: "post.published" });
    await kit.tenon.endpoints.delete({ tenantId: TENANT, endpointId: created.id });
    const own = await kit.tenon.endpoints.create(endpointInput);
    const second = await deliver(kit);
    await verifyWebhook(second.body, second.headers, own.secret.reveal());
    await expect(verifyWebhook(second.body, second.headers, newer)).rejects.toMatchObject({
      code: "no_matching_signature",
    });
  });

  test("may be any text where the formats take that", async () => {
    const text = "correct horse battery";
    const kit = createKit({ webhooks: { sharedSecret: text, signatureProfiles: [plainText] } });
    await kit.tenon.endpoints.create({ ...endpointInput, signing: "shared" });
    const { body, headers } = await deliver(kit);
    await verifyWebhook(body, headers, text, { profiles: plainText });
  });

  test("changes with overlap as a list: receivers with either accept", async () => {
    const kit = createKit({ webhooks: { sharedSecret: [newer, older] } });
    await kit.tenon.endpoints.create({ ...endpointInput, signing: "shared" });
    const { body, headers } = await deliver(kit);
    for (const secret of [newer, older]) await verifyWebhook(body, headers, secret);
  });

  test("is neither rotated nor revealed by way of an endpoint", async () => {
    const kit = createKit({ webhooks: { sharedSecret: newer } });
    const { id: endpointId } = await kit.tenon.endpoints.create({ ...endpointInput, signing: "shared" });
    for (const ask of [kit.tenon.endpoints.rotateSecret, kit.tenon.endpoints.revealSecret]) {
      await expect(ask({ tenantId: TENANT, endpointId })).rejects.toMatchObject({
        code: "CONFLICT",
        message: expect.stringContaining("the host shares"),
      });
    }
  });

  test("is needed for as long as endpoints sign with it: until it is back nothing is lost", async () => {
    const kit = createKit({ webhooks: { sharedSecret: newer } });
    await kit.tenon.endpoints.create({ ...endpointInput, signing: "shared" });
    const without = createTestKit({ storage: kit.storage, clock: kit.clock });
    await without.tenon.webhooks.publish({ tenantId: TENANT, type: "t", data: 1 });
    expect(await without.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    expect(without.logLines.join()).toContain("/webhooks/sharedSecret");
    kit.clock.advance(30_000);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
    await expect(
      without.tenon.endpoints.create({ ...endpointInput, signing: "shared" }),
    ).rejects.toMatchObject({
      problems: [{ pointer: "/signing" }],
    });
  });

  test.each([
    ["is too short", "hunter2", "/webhooks/sharedSecret"],
    ["can't sign in a configured format", "correct horse battery staple", "/webhooks/sharedSecret"],
    ["is a private key", `whsk_${Buffer.alloc(32, 9).toString("base64")}`, "/webhooks/sharedSecret"],
    ["is an empty list", [], "/webhooks/sharedSecret"],
    ["is too short in a list", [newer, "hunter2"], "/webhooks/sharedSecret/1"],
  ])("that %s is a ConfigError, without its text", (_, sharedSecret, pointer) => {
    const create = () => createTestKit({ webhooks: { sharedSecret } });
    expect(create).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ pointer })] }));
    for (const text of [sharedSecret].flat()) expect(create).not.toThrow(text);
  });
});
