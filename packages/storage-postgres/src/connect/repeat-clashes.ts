import type { Connector } from "./connection.js";
import { isSerializationFailure } from "./storage-error.js";

/**
 * Makes single statements independent of the isolation that the database or the role defaults to. Under REPEATABLE READ
 * and SERIALIZABLE, one that meets a row changed since its snapshot fails and takes no effect: it is repeated as READ
 * COMMITTED, where it goes on with the row as it is now. Where that is the default, as it is unless somebody changed it,
 * nothing fails so, and the level costs no round trip.
 */
export function repeatClashes(connector: Connector): Connector {
  return {
    transaction: (work) => connector.transaction(work),
    query: async (text, values) => {
      try {
        return await connector.query(text, values);
      } catch (error) {
        if (!isSerializationFailure(error)) throw error;
        return connector.transaction((connection) => connection.query(text, values));
      }
    },
  };
}
