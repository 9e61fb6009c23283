import { randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { requireApiKey } from "@tenon/adapters-express";
import { createTenon, type Tenon } from "@tenon/core";
import { migrate, pgliteDialect, postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import express from "express";
import { type Generated, Kysely } from "kysely";
import { z } from "zod";
import { type Listening, listen } from "./listen.js";

interface HostDatabase {
  posts: { id: Generated<number>; title: string };
}

/** An ordinary backend with a table of its own, and Tenon inside it. */
export interface Host extends Listening {
  readonly tenon: Tenon;
}

export async function startHost(): Promise<Host> {
  const pglite = await PGlite.create();
  const db = new Kysely<HostDatabase>({ dialect: pgliteDialect(pglite) });
  await db.schema
    .createTable("posts")
    .addColumn("id", "serial", (column) => column.primaryKey())
    .addColumn("title", "text", (column) => column.notNull().unique())
    .execute();
  await migrate({ pglite });

  const tenon = createTenon({
    storage: postgresStorage({ pglite }),
    vaultKeys: [{ id: "2026-11", key: randomBytes(32).toString("base64") }],
    scopes: { "posts:read": "Read posts", "posts:write": "Create and edit posts" },
    events: {
      "post.published": { description: "A post went live", schema: z.object({ postId: z.number() }) },
    },
    transport: nodeTransport({ development: { loopback: true } }),
  });

  const app = express();
  app.use(express.json());

  app.get("/posts", requireApiKey(tenon, { scopes: ["posts:read"] }), async (_request, response) => {
    response.json(await db.selectFrom("posts").selectAll().orderBy("id").execute());
  });

  app.post("/posts", requireApiKey(tenon, { scopes: ["posts:write"] }), async (request, response) => {
    const { tenantId } = request.tenon;
    const { title, failAfterPublishing } = request.body;
    const post = await db.transaction().execute(async (trx) => {
      const created = await trx
        .insertInto("posts")
        .values({ title })
        .returningAll()
        .executeTakeFirstOrThrow();
      await tenon.within(trx).webhooks.publish({
        tenantId,
        type: "post.published",
        data: { postId: created.id },
      });
      if (failAfterPublishing) throw new Error("something else in the transaction failed");
      return created;
    });
    response.status(201).json(post);
  });

  const answerError: express.ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(500).json({ error: String(error.message) });
  };
  app.use(answerError);

  await tenon.start();
  tenon.webhooks.startRunner();
  const server = await listen(app);
  return {
    ...server,
    tenon,
    async close() {
      await server.close();
      await tenon.close();
      await db.destroy();
      await pglite.close();
    },
  };
}
