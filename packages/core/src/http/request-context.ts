import type { LimitState } from "../rate-limit/describe-limit.js";
import type { HttpReply } from "./exchange.js";

/** What a guarded request knows of its caller: `req.tenon` in Express, `c.get("tenon")` in Hono. */
export interface RequestContext {
  readonly tenantId: string;
  readonly keyId: string;
  readonly keyName: string;
  /** The key's environment, such as `live`; undefined for formats without. */
  readonly environment: string | undefined;
  /** The host's own user or account behind the key, as it was created. */
  readonly ownerId: string | undefined;
  readonly scopes: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The limits that this call was charged to, after the charge. */
  readonly limits: readonly LimitState[];
}

/** What a guard decided: go on (with these headers on the reply), or answer. */
export type GuardDecision<Context> =
  | { readonly ok: true; readonly context: Context; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reply: HttpReply };
