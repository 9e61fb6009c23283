import type { Session } from "../connect/session.js";
import type { Tables } from "../sql/tables.js";

/** What every store is made from. */
export interface StoreContext {
  readonly session: Session;
  readonly tables: Tables;
  /** The schema that they are in. */
  readonly schema: string;
  /** Where changes of keys are told. */
  readonly keyChannel: string;
}
