import pg from "pg";
import { createDeliveringKit } from "./delivering-kit.js";

/** A process that only delivers, until it is killed. It says when it has begun. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
createDeliveringKit(pool).webhooks.startRunner({ slots: 64, timeoutMs: 1_000 });
process.send?.("started");
