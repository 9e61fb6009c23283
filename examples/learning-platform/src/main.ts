import { serve } from "@hono/node-server";
import { isTenonError } from "@tenon/core";
import { openDatabase } from "example-setup/open-database";
import { createPlatform } from "./platform.js";
import { readSettings } from "./settings.js";

await start().catch((error: unknown) => {
  console.error(isTenonError(error) ? error.message : error);
  process.exit(1);
});

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const database = await openDatabase(settings.databaseUrl);
  const { app, tenon } = createPlatform(database.storage, settings);
  await tenon.start();
  tenon.webhooks.startRunner({ timeoutMs: settings.timeoutMs, pollIntervalMs: settings.pollIntervalMs });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: settings.port }, ({ port }) =>
    console.log(`listening on http://127.0.0.1:${port}`),
  );
  const stop = async () => {
    await new Promise((resolve) => server.close(resolve));
    await tenon.close();
    await database.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}
