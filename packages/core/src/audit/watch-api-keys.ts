import type { ApiKeyRecord, ApiKeyStore } from "../ports/api-key-store.js";
import type { Storage } from "../ports/storage.js";
import { changesAnything } from "./describe-changes.js";
import { type Journal, journaled } from "./journal.js";
import type { ApiKeyAction, ApiKeyMutation } from "./mutation.js";

/** The keys of a storage, whose every change is written down. */
export function watchApiKeys(storage: Storage, journal: Journal): ApiKeyStore {
  const { find, findByHash, list, lock } = storage.apiKeys;

  /** Changes one key; a call that leaves it as it was isn't written down. */
  function changeOne(
    action: ApiKeyAction,
    { tenantId, keyId }: { readonly tenantId: string; readonly keyId: string },
    change: (keys: ApiKeyStore) => Promise<ApiKeyRecord | undefined>,
  ): Promise<ApiKeyRecord | undefined> {
    return journaled(storage, journal, async ({ apiKeys: keys }) => {
      const [before] = await keys.lock({ tenantId, keyIds: [keyId] });
      const after = before && (await change(keys));
      return { result: after, mutations: mutationsOf(action, before, after) };
    });
  }

  return {
    // One by one: a method that the port gets must be told to be a change or none.
    find,
    findByHash,
    list,
    lock,

    insert: (request) =>
      journaled(storage, journal, async ({ apiKeys: keys }) => {
        const after = await keys.insert(request);
        return { result: after, mutations: [created(after)] };
      }),

    insertMany: (request) =>
      journaled(storage, journal, async ({ apiKeys: keys }) => {
        const after = await keys.insertMany(request);
        return { result: after, mutations: after.map(created) };
      }),

    update: (request) => changeOne("api_key.updated", request, (keys) => keys.update(request)),
    disable: (request) => changeOne("api_key.disabled", request, (keys) => keys.disable(request)),
    enable: (request) => changeOne("api_key.enabled", request, (keys) => keys.enable(request)),
    revoke: (request) => changeOne("api_key.revoked", request, (keys) => keys.revoke(request)),

    revokeMany: (request) =>
      journaled(storage, journal, async ({ apiKeys: keys }) => {
        // By owner, only keys that weren't revoked before come back.
        const before = "keyIds" in request ? await keys.lock(request) : undefined;
        const after = await keys.revokeMany(request);
        const mutations = after.flatMap((key) => {
          const was = before?.find(({ id }) => id === key.id) ?? { ...key, revokedAt: undefined };
          return mutationsOf("api_key.revoked", was, key);
        });
        return { result: after, mutations };
      }),

    rotate: (request) =>
      journaled(storage, journal, async ({ apiKeys: keys }) => {
        const { tenantId, keyId, graceSeconds } = request;
        const [before] = await keys.lock({ tenantId, keyIds: [keyId] });
        const rotated = await keys.rotate(request);
        if (rotated?.successor === undefined) return { result: rotated, mutations: [] };
        const details = { successorId: rotated.successor.id, graceSeconds };
        const mutation = { action: "api_key.rotated", before, after: rotated.predecessor, details } as const;
        return { result: rotated, mutations: [{ kind: "api_key", ...mutation }] };
      }),
  };
}

function created(after: ApiKeyRecord): ApiKeyMutation {
  // The format of new keys always has a prefix; the texts of imported ones are known elsewhere alone.
  const action = after.prefix === "" ? "api_key.imported" : "api_key.created";
  return { kind: "api_key", action, before: undefined, after };
}

function mutationsOf(
  action: ApiKeyAction,
  before: ApiKeyRecord | undefined,
  after: ApiKeyRecord | undefined,
): readonly ApiKeyMutation[] {
  if (before === undefined || after === undefined || !changesAnything(before, after)) return [];
  return [{ kind: "api_key", action, before, after }];
}
