import type { IdGenerator } from "../encoding/id-generator.js";
import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import { withoutUndefined } from "../input/without-undefined.js";
import type { AuditChange, AuditRecord, AuditStore } from "../ports/audit-store.js";
import type { Actor } from "./actor.js";
import { maskFields } from "./mask-secrets.js";
import { describeActor } from "./record-of-mutation.js";
import { type ListAuditInput, listAuditInput, type RecordAuditInput, recordAuditInput } from "./schemas.js";

export interface AuditService {
  /**
   * Adds an entry of the host's own, as done by the kit's actor. In a bound kit it appears if, and only if, the host's
   * transaction commits. What stands in `changes` or `metadata` under the name of a secret (`token`, `password` …) is
   * masked.
   * @throws {ValidationError} for an action that isn't lowercase words, or more than the log keeps of anything.
   * @example
   * await tenon.audit.record({ tenantId, action: "data.sync", status: "success", message: "Integration activity" });
   */
  record(input: RecordAuditInput): Promise<void>;
  /**
   * Newest first, at most `limit` (default 50, at most 100): what a tenant's keys, endpoints and deliveries went
   * through, and by whom, with the host's own entries. `from` is within, `to` without.
   */
  list(input: ListAuditInput): Promise<Page<AuditRecord>>;
}

export function createAuditService({
  store,
  actor,
  createId,
  storeNow,
}: {
  readonly store: AuditStore;
  readonly actor: Actor;
  readonly createId: IdGenerator;
  readonly storeNow: () => { readonly now?: Date };
}): AuditService {
  return {
    async record(input) {
      const { tenantId, action, status, target, changes, message, metadata } = parseInput(
        recordAuditInput,
        input,
      );
      const record = {
        ...{ tenantId, id: createId("aud"), action, status, target, message },
        ...describeActor(actor),
        changes: maskChanges(changes),
        metadata: maskFields(metadata),
      };
      await store.insert({ records: [record], ...storeNow() });
    },

    async list(input) {
      const { limit, target, ...filter } = parseInput(listAuditInput, input);
      const request = withoutUndefined({ ...filter, targetType: target?.type, targetId: target?.id });
      return listPage(limit, (count) => store.list({ ...request, limit: count }));
    },
  };
}

/** Masks whole fields with a secret's name, and what has one within them. */
function maskChanges(changes: Readonly<Record<string, AuditChange>>): Readonly<Record<string, AuditChange>> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, { from, to }]) => {
      const [was, is] = [maskFields({ [name]: from }), maskFields({ [name]: to })];
      return [name, { from: was[name], to: is[name] }];
    }),
  );
}
