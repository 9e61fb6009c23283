import { type Generated, Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import { POOL_SIZE } from "./tenon-kit.js";

/** The host's own table, which each transaction writes to. */
export interface HostDatabase {
  readonly host_posts: { readonly id: Generated<number>; readonly title: string };
}

/** Publishes one event in the host's transaction. Its data holds when the transaction began. */
export type PublishIn = (
  transaction: Transaction<HostDatabase>,
  event: { readonly number: number; readonly sentAtMs: number },
) => Promise<unknown>;

interface PublishRequest {
  readonly count: number;
  readonly perSecond: number;
}

/** The contestant's side: publishes at a steady rate, each event in a Kysely transaction that also writes a row. */
export async function servePublishing(setUp: (pool: pg.Pool) => Promise<PublishIn>): Promise<void> {
  const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: POOL_SIZE });
  const host = new Kysely<HostDatabase>({ dialect: new PostgresDialect({ pool }) });
  await sql`CREATE TABLE IF NOT EXISTS host_posts (id bigserial PRIMARY KEY, title text NOT NULL)`.execute(
    host,
  );
  const publishIn = await setUp(pool);
  process.on("message", ({ count, perSecond }: PublishRequest) => {
    publishAll(count, perSecond).then(
      () => process.send?.({ done: true }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ ready: true });

  async function publishAll(count: number, perSecond: number): Promise<void> {
    const startedAt = performance.now();
    const published: Promise<unknown>[] = [];
    for (let number = 0; number < count; number++) {
      const dueMs = startedAt + (number * 1000) / perSecond - performance.now();
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
      published.push(publishOne(number));
    }
    await Promise.all(published);
  }

  function publishOne(number: number): Promise<unknown> {
    const sentAtMs = performance.timeOrigin + performance.now();
    return host.transaction().execute(async (transaction) => {
      await transaction
        .insertInto("host_posts")
        .values({ title: `post ${number}` })
        .execute();
      await publishIn(transaction, { number, sentAtMs });
    });
  }
}
