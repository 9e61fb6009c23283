import { sql } from "kysely";
import { servePublishing } from "../serve-publishing.js";
import { newPostJob } from "../signed-post.js";

await servePublishing(async () => (transaction, { number, sentAtMs }) => {
  const { body, ...job } = newPostJob(number);
  const timed = { ...job, body: body.replace("{", `{"sentAtMs":${sentAtMs},`) };
  return sql`SELECT graphile_worker.add_job('deliver', ${JSON.stringify(timed)}::json)`.execute(transaction);
});
