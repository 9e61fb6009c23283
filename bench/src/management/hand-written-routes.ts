import { createCipheriv, randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { TENANT } from "../webhooks/tenon-kit.js";
import { createManagementKit, ENDPOINT, PRINCIPAL, VAULT_KEY } from "./bench-kit.js";
import { recordStatements, type Statement } from "./record-statements.js";
import { showDelivery, showEndpoint } from "./show-rows.js";

export interface HandWrittenRoutes {
  /** Checks what a host would check, seals a secret, writes endpoint and audit entry, and returns what to answer. */
  create(body: unknown): Promise<object>;
  list(limit: number): Promise<object>;
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Routes that send Tenon's own statements, recorded once, and answer the same JSON; nothing around that. */
export async function createHandWrittenRoutes(pool: pg.Pool): Promise<HandWrittenRoutes> {
  const kit = createManagementKit(pool);
  const { tenantId, actorId } = PRINCIPAL;
  // Who acts is written down as the management API does for a request.
  const actor = { actorId, kind: "host", ip: "127.0.0.1", correlationId: "req_0123456789abcdef01234567" };
  const creating = await recordStatements(() =>
    kit.actingAs(actor).endpoints.create({ tenantId, ...ENDPOINT }),
  );
  const [listing] = await recordStatements(() => kit.deliveries.list({ tenantId, limit: 50 }));

  return {
    async create(body) {
      const { url, eventTypes, name } = body as typeof ENDPOINT;
      if (!URL.canParse(url) || !Array.isArray(eventTypes) || typeof name !== "string") {
        throw new TypeError("not an endpoint");
      }
      const secret = `whsec_${randomBytes(24).toString("base64")}`;
      const sealed = seal(secret);
      const client = await pool.connect();
      try {
        let endpoint: object = {};
        for (const statement of creating) {
          // Where a text holds several statements, there is an answer of each.
          const answers = [await client.query(statement.text, withFreshIds(statement, sealed))].flat();
          const text: unknown = answers.at(-1)?.rows[0]?.record;
          if (typeof text === "string" && text !== "{}") endpoint = showEndpoint(JSON.parse(text));
        }
        return { ...endpoint, secret };
      } finally {
        client.release();
      }
    },
    async list(limit) {
      if (listing === undefined) throw new TypeError("there is no statement for a listing");
      const values = listing.values.map((value) => (value === "51" ? String(limit + 1) : value));
      const { rows } = await pool.query(listing.text, values);
      const items = rows.slice(0, limit).map(({ record }) => showDelivery(JSON.parse(record)));
      return { items, nextCursor: rows.length > limit ? items.at(-1)?.id : null };
    },
  };
}

function withFreshIds({ values }: Statement, sealed: string): unknown[] {
  return values.map((value) => {
    if (typeof value !== "string" || value === TENANT) return value;
    return value.startsWith('{"protected"') ? sealed : value.replace(UUID, () => randomUUID());
  });
}

function seal(text: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", VAULT_KEY, iv);
  const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return JSON.stringify({
    protected: "",
    iv: iv.toString("base64url"),
    ciphertext: ciphertext.toString("base64url"),
    tag: cipher.getAuthTag().toString("base64url"),
  });
}
