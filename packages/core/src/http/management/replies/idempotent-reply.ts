import { ConflictError, TenonError } from "../../../errors/tenon-error.js";
import type { ShortLivedStore } from "../../../ports/short-lived-store.js";
import type { HttpReply } from "../../exchange.js";
import { IDEMPOTENCY_SECONDS } from "../defaults.js";
import type { ManagementKit } from "../management-kit.js";
import type { Principal } from "../principal/principal.js";
import type { Route } from "../route.js";

/** What one `Idempotency-Key` of one caller stands for. */
export interface IdempotentRequest {
  readonly key: string;
  readonly route: Route;
  readonly principal: Principal;
  /** The checked input: a repeated key must come with the same. */
  readonly input: unknown;
}

export interface IdempotentReply {
  /** The reply that was given before, or undefined when this call is the one that works. */
  readonly earlier: HttpReply | undefined;
  /** Keeps the reply, in the transaction that made it. */
  keep(store: ShortLivedStore, reply: HttpReply): Promise<void>;
  /** Forgets the key: nothing was done. */
  forget(): Promise<void>;
}

const PURPOSE = "idempotency-key";

/** How long a key stands for a call under way: then its process is taken to be gone, and the key can be tried again. */
const UNDER_WAY_SECONDS = 60;

/** What the store keeps for one key at most. */
const MOST_KEPT_BYTES = 65_536;

interface Kept {
  readonly fingerprint: string;
  readonly reply?: {
    readonly status: number;
    readonly headers: HttpReply["headers"];
    readonly body?: string;
  };
}

/**
 * Claims an `Idempotency-Key` for a request, or finds the reply it had.
 * @throws {TenonError} `INVALID_REQUEST` for a key that can't be one.
 * @throws {ConflictError} when the key came with another request, or its first request is still under way.
 * @see draft-ietf-httpapi-idempotency-key-header-07
 */
export async function claimReply(
  kit: ManagementKit,
  { key, route, principal, input }: IdempotentRequest,
): Promise<IdempotentReply> {
  const { crypto, shortLived, storeNow } = kit;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new TenonError("INVALID_REQUEST", "`Idempotency-Key` must be 1 to 255 visible ASCII characters.");
  }
  const routeName = `${route.resource}.${route.name}`;
  const place = {
    tenantId: principal.tenantId,
    purpose: PURPOSE,
    key: crypto.sha256Hex(JSON.stringify([principal.kind ?? "host", principal.actorId, routeName, key])),
  };
  const seal = sealing(kit, route, place);
  const fingerprint = crypto.sha256Hex(JSON.stringify(input));
  const claim = await shortLived.putIfAbsent({
    ...place,
    value: JSON.stringify({ fingerprint } satisfies Kept),
    expiresInSeconds: UNDER_WAY_SECONDS,
    ...storeNow(),
  });
  if (!claim.stored) {
    const kept = JSON.parse(claim.existing) as Kept;
    if (kept.fingerprint !== fingerprint) {
      throw new ConflictError("This `Idempotency-Key` was used with another request. Take a new one.");
    }
    if (kept.reply === undefined) {
      throw new ConflictError("The first request with this `Idempotency-Key` is under way. Try again.");
    }
    const { status, headers, body } = kept.reply;
    return {
      earlier: {
        status,
        headers: { ...headers, "Idempotent-Replayed": "true" },
        ...(body === undefined ? {} : { body: await seal.open(body) }),
      },
      keep: async () => {},
      forget: async () => {},
    };
  }

  return {
    earlier: undefined,
    async keep(store, { status, headers, body }) {
      const kept: Kept = {
        fingerprint,
        reply: { status, headers, ...(body === undefined ? {} : { body: await seal.close(body) }) },
      };
      const value = JSON.stringify(kept);
      if (new TextEncoder().encode(value).byteLength > MOST_KEPT_BYTES) {
        throw new TenonError(
          "PAYLOAD_TOO_LARGE",
          "What this creates is too large to be repeated: send less, or no `Idempotency-Key`.",
        );
      }
      await store.put({ ...place, value, expiresInSeconds: IDEMPOTENCY_SECONDS, ...storeNow() });
    },
    forget: () => shortLived.delete(place),
  };
}

function sealing(
  { vault }: ManagementKit,
  { holdsSecret }: Route,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
) {
  if (!holdsSecret) return { close: async (text: string) => text, open: async (text: string) => text };
  if (vault === undefined) {
    throw new TenonError(
      "INVALID_REQUEST",
      "`Idempotency-Key` can't be used here: the reply holds a secret, and the server has no vault keys to keep it sealed.",
    );
  }
  const place = { tenantId, recordId: key, field: "reply" };
  return {
    close: (text: string) => vault.seal({ ...place, text }),
    open: async (sealed: string) => (await vault.open({ ...place, sealed })).reveal(),
  };
}
