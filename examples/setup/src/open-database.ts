import { PGlite } from "@electric-sql/pglite";
import { migrate, postgresStorage } from "@tenon/storage-postgres";
import pg from "pg";

/**
 * Opens what `DATABASE_URL` names, with Tenon's tables in it: `postgres://…`, a server; `file:./data`, PostgreSQL
 * embedded in this process and kept in that folder; nothing, embedded and in memory.
 */
export async function openDatabase(url: string | undefined) {
  if (url === undefined || url.startsWith("file:")) {
    const pglite = await PGlite.create(url?.replace(/^file:(\/\/)?/, ""));
    await migrate({ pglite });
    return { storage: postgresStorage({ pglite }), close: () => pglite.close() };
  }
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", (error) => console.error(`An idle database connection was lost: ${error.message}`));
  await migrate({ pool });
  const listen = () => new pg.Client({ connectionString: url });
  return { storage: postgresStorage({ pool, listen }), close: () => pool.end() };
}
