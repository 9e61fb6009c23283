import { webhookReceiver } from "@tenon/adapters-hono";
import { Hono } from "hono";
import { Kysely, PostgresDialect, type Transaction } from "kysely";
import pg from "pg";
import { z } from "zod";

interface Database {
  received_webhooks: { id: string };
  posts: { id: string };
}

export const app = new Hono();
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
export const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });

const receiver = webhookReceiver({
  secrets: process.env.WEBHOOK_SECRET ?? "",
  transaction: (run: (trx: Transaction<Database>) => Promise<void>) => db.transaction().execute(run),
  seen: async (id, trx) => {
    const insert = trx.insertInto("received_webhooks").values({ id });
    const [result] = await insert.onConflict((conflict) => conflict.doNothing()).execute();
    return result?.numInsertedOrUpdatedRows === 0n;
  },
  events: { "post.published": z.object({ data: z.object({ postId: z.string() }) }) },
  on: {
    "post.published": async ({ event }, _c, trx) => {
      await trx.insertInto("posts").values({ id: event.data.postId }).execute();
    },
  },
});
app.post("/webhooks", receiver);
