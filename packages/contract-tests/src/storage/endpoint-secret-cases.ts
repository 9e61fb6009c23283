import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, newEndpoint, newId, publish, TENANT } from "./setup/fixtures.js";
import { claimOne } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const FIRST = "sealed first";
const FAR_LATER = 1_000_000;

export const endpointSecretCases = about("rotating secrets", {
  async "old and new sign side by side until the overlap ends, newest first"(storage) {
    const endpointId = await prepare(storage);
    const rotated = await rotate(storage, endpointId, { sealed: "second", overlapSeconds: 60, at: 10 });
    assert.deepEqual([rotated?.revision, rotated?.updatedAt], [2, after(10)]);
    assert.deepEqual(await sealed(storage, endpointId, 10), ["second", FIRST]);
    assert.deepEqual(await sealed(storage, endpointId, 69.999), ["second", FIRST]);
    assert.deepEqual(await sealed(storage, endpointId, 70), ["second"]);
    assert.deepEqual(await sealed(storage, endpointId, FAR_LATER), ["second"]);
  },

  async "a rotation changes the public key with the secret, and leaves it where none is given"(storage) {
    const endpoint = newEndpoint({ signing: "ed25519", publicKey: "whpk_1" });
    const { id: endpointId } = endpoint;
    const first = { id: newId("sec"), sealed: "sealed" };
    await storage.endpoints.insert({ endpoint, secret: first, now: after(0) });
    const rotateTo = (fields: { readonly publicKey?: string }) =>
      storage.endpoints.rotateSecret({
        tenantId: TENANT,
        endpointId,
        secret: { id: newId("sec"), sealed: "sealed" },
        overlapSeconds: 60,
        now: after(1),
        ...fields,
      });
    assert.equal((await rotateTo({ publicKey: "whpk_2" }))?.publicKey, "whpk_2");
    assert.equal((await rotateTo({}))?.publicKey, "whpk_2");
    assert.equal((await storage.endpoints.find({ tenantId: TENANT, endpointId }))?.publicKey, "whpk_2");
  },

  async "without overlap the new one is alone at once"(storage) {
    const endpointId = await prepare(storage);
    await rotate(storage, endpointId, { sealed: "second", overlapSeconds: 0, at: 10 });
    assert.deepEqual(await sealed(storage, endpointId, 10), ["second"]);
  },

  async "a later rotation never makes an old secret live longer"(storage) {
    const endpointId = await prepare(storage);
    await rotate(storage, endpointId, { sealed: "second", overlapSeconds: 20, at: 10 });
    await rotate(storage, endpointId, { sealed: "third", overlapSeconds: 600, at: 15 });
    assert.deepEqual(await sealed(storage, endpointId, 29), ["third", "second", FIRST]);
    assert.deepEqual(await sealed(storage, endpointId, 30), ["third", "second"]);
    assert.deepEqual(await sealed(storage, endpointId, 615), ["third"]);
  },

  async "the newest is first also when it was made at the same instant"(storage) {
    const endpointId = await prepare(storage);
    for (let turn = 0; turn < 5; turn++) {
      await rotate(storage, endpointId, { sealed: `turn ${turn}`, overlapSeconds: 60, at: 0 });
      assert.equal((await sealed(storage, endpointId, 0))[0], `turn ${turn}`);
    }
  },

  async "however often they are rotated, no more sign than may: the oldest end at once"(storage) {
    const endpointId = await prepare(storage);
    for (let turn = 1; turn <= 5; turn++) {
      await rotate(storage, endpointId, {
        sealed: `turn ${turn}`,
        overlapSeconds: 60,
        mostSecrets: 3,
        at: turn,
      });
    }
    assert.deepEqual(await sealed(storage, endpointId, 5), ["turn 5", "turn 4", "turn 3"]);
    assert.deepEqual(await sealed(storage, endpointId, 64), ["turn 5", "turn 4"]);
    await rotate(storage, endpointId, { sealed: "alone", overlapSeconds: 60, mostSecrets: 1, at: 6 });
    assert.deepEqual(await sealed(storage, endpointId, 6), ["alone"]);
  },

  async "a claim brings the secrets that sign at its instant"(storage) {
    const endpointId = await prepare(storage);
    await publish(storage, { endpointId, at: after(1) });
    await rotate(storage, endpointId, { sealed: "second", overlapSeconds: 60, at: 10 });
    const during = await claimOne(storage, { now: after(11) });
    assert.deepEqual(
      during.secrets.map((secret) => secret.sealed),
      ["second", FIRST],
    );
    assert.equal(during.endpointRevision, 2);
    const later = await claimOne(storage, { now: after(100) });
    assert.deepEqual(
      later.secrets.map((secret) => secret.sealed),
      ["second"],
    );
  },

  async "eight callers rotate at once: exactly one secret is left without an end"(storage) {
    const endpointId = await prepare(storage);
    await race(8, (index) =>
      rotate(storage, endpointId, { sealed: `s${index}`, overlapSeconds: 60, at: 10 }),
    );
    assert.equal((await sealed(storage, endpointId, 11)).length, 9);
    assert.equal((await sealed(storage, endpointId, FAR_LATER)).length, 1);
  },
});

async function prepare(storage: Storage): Promise<string> {
  const endpoint = newEndpoint();
  const secret = { id: newId("sec"), sealed: FIRST };
  await storage.endpoints.insert({ endpoint, secret, now: after(0) });
  return endpoint.id;
}

function rotate(
  storage: Storage,
  endpointId: string,
  {
    sealed: text,
    at,
    ...rotation
  }: { sealed: string; overlapSeconds: number; mostSecrets?: number; at: number },
) {
  const secret = { id: newId("sec", after(at)), sealed: text };
  return storage.endpoints.rotateSecret({
    tenantId: TENANT,
    endpointId,
    secret,
    ...rotation,
    now: after(at),
  });
}

async function sealed(storage: Storage, endpointId: string, seconds: number): Promise<string[]> {
  const secrets = await storage.endpoints.listSecrets({ tenantId: TENANT, endpointId, now: after(seconds) });
  return secrets.map((secret) => secret.sealed);
}
