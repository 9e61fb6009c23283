import type { EndpointRecord, EndpointStore } from "../ports/endpoint-store.js";
import type { Storage } from "../ports/storage.js";
import { changesAnything } from "./describe-changes.js";
import { type Journal, journaled } from "./journal.js";
import type { EndpointAction, EndpointMutation } from "./mutation.js";

interface EndpointReference {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** The endpoints of a storage, whose every change is written down, and every look at their secrets. */
export function watchEndpoints(storage: Storage, journal: Journal): EndpointStore {
  const { find, list, lock, disableFailing } = storage.endpoints;

  /** Changes one endpoint; a call that leaves it as it was isn't written down. */
  function changeOne(
    action: EndpointAction,
    { tenantId, endpointId }: EndpointReference,
    change: (endpoints: EndpointStore) => Promise<EndpointRecord | undefined>,
  ): Promise<EndpointRecord | undefined> {
    const reference = { tenantId, endpointId };
    return journaled(storage, journal, async ({ endpoints: bound }) => {
      const before = await bound.lock(reference);
      const after = before && (await change(bound));
      const isChanged = before !== undefined && after !== undefined && changesAnything(before, after);
      return { result: after, mutations: isChanged ? [mutation(action, reference, { before, after })] : [] };
    });
  }

  return {
    // One by one: a method that the port gets must be told to be a change or none.
    find,
    list,
    lock,
    disableFailing,

    insert: (request) =>
      journaled(storage, journal, async ({ endpoints: bound }) => {
        const after = await bound.insert(request);
        const reference = { tenantId: after.tenantId, endpointId: after.id };
        return { result: after, mutations: [mutation("endpoint.created", reference, { after })] };
      }),

    update: (request) => changeOne("endpoint.updated", request, (bound) => bound.update(request)),
    disable: (request) => changeOne("endpoint.disabled", request, (bound) => bound.disable(request)),
    enable: (request) => changeOne("endpoint.enabled", request, (bound) => bound.enable(request)),

    delete: (request) =>
      journaled(storage, journal, async ({ endpoints: bound }) => {
        const before = await bound.lock(request);
        const isDeleted = await bound.delete(request);
        const mutations = isDeleted ? [mutation("endpoint.deleted", request, { before })] : [];
        return { result: isDeleted, mutations };
      }),

    rotateSecret: (request) =>
      journaled(storage, journal, async ({ endpoints: bound }) => {
        const after = await bound.rotateSecret(request);
        if (after === undefined) return { result: after, mutations: [] };
        const details = { secretId: request.secret.id, overlapSeconds: request.overlapSeconds };
        return { result: after, mutations: [mutation("endpoint.secret_rotated", request, { details })] };
      }),

    // Before a secret is shown, it is written down that it was.
    listSecrets: (request) =>
      journaled(storage, journal, async ({ endpoints: bound }) => {
        const secrets = await bound.listSecrets(request);
        const [newest] = secrets;
        if (newest === undefined) return { result: secrets, mutations: [] };
        const details = { secretId: newest.id };
        return { result: secrets, mutations: [mutation("endpoint.secret_revealed", request, { details })] };
      }),
  };
}

function mutation(
  action: EndpointAction,
  { tenantId, endpointId }: EndpointReference,
  told: Partial<Pick<EndpointMutation, "before" | "after" | "details">>,
): EndpointMutation {
  return { kind: "endpoint", action, tenantId, endpointId, before: undefined, after: undefined, ...told };
}
