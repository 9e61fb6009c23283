import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import type { ReplayPage, ReplayRequest, ReplayStore } from "@tenon/core/ports";
import { pageStart } from "../sql/ids.js";
import type { Sql } from "../sql/sql.js";
import type { ReplayWalk } from "./replay-walk.js";
import { replayStatement, resendStatement } from "./resend-statements.js";
import { discardStatement, recoverStatement, retryStatement } from "./retry-statements.js";
import type { StoreContext } from "./store-context.js";

interface PageRow {
  readonly count: number;
  readonly cursor: string | null;
}

/** Second chances, one statement each. */
export function createReplayStore({ session, tables }: StoreContext): ReplayStore {
  const changed = async (operation: string, statement: Sql) => {
    const [row] = await session.records<{ readonly count: number }>(operation, statement);
    return (row?.count ?? 0) > 0;
  };

  const walk = async (
    operation: string,
    prefix: "dlv" | "msg",
    request: ReplayRequest,
    statementOf: (walk: ReplayWalk) => Sql,
  ): Promise<ReplayPage> => {
    const endpointUuid = publicIdToUuid("ep", request.endpointId);
    const start = pageStart(prefix, request.cursor);
    if (endpointUuid === undefined || start === undefined) return { count: 0, cursor: undefined };
    const { tenantId, since, limit, now } = request;
    const statement = statementOf({ tenantId, endpointUuid, since, limit, after: start.before, now });
    const [row] = await session.records<PageRow>(operation, statement);
    const cursor = row?.cursor ?? undefined;
    return {
      count: row?.count ?? 0,
      cursor: cursor === undefined ? undefined : uuidToPublicId(prefix, cursor),
    };
  };

  return {
    retry: async ({ tenantId, deliveryId, now }) => {
      const deliveryUuid = publicIdToUuid("dlv", deliveryId);
      if (deliveryUuid === undefined) return false;
      return changed("replays.retry", retryStatement(tables, { tenantId, deliveryUuid, now }));
    },

    discard: async ({ tenantId, deliveryId, now }) => {
      const deliveryUuid = publicIdToUuid("dlv", deliveryId);
      if (deliveryUuid === undefined) return false;
      return changed("replays.discard", discardStatement(tables, { tenantId, deliveryUuid, now }));
    },

    resend: async ({ tenantId, messageId, endpointId, now }) => {
      const messageUuid = publicIdToUuid("msg", messageId);
      const endpointUuid = publicIdToUuid("ep", endpointId);
      if (messageUuid === undefined || endpointUuid === undefined) return undefined;
      const statement = resendStatement(tables, { tenantId, messageUuid, endpointUuid, now });
      const [row] = await session.records<{ readonly id: string }>("replays.resend", statement);
      return row === undefined ? undefined : uuidToPublicId("dlv", row.id);
    },

    recover: (request) => walk("replays.recover", "dlv", request, (page) => recoverStatement(tables, page)),

    replay: (request) => walk("replays.replay", "msg", request, (page) => replayStatement(tables, page)),
  };
}
