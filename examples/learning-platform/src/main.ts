import { serve } from "@hono/node-server";
import { openDatabase } from "example-setup/open-database";
import { runProgram } from "example-setup/run-program";
import { createPlatform } from "./platform.js";
import { readSettings } from "./settings.js";

await runProgram(async () => {
  const { databaseUrl, port, ...settings } = readSettings(process.env);
  const database = await openDatabase(databaseUrl);
  const { app, tenon } = createPlatform(database.storage, settings);
  await tenon.start();
  tenon.webhooks.startRunner({ timeoutMs: settings.timeoutMs, pollIntervalMs: settings.pollIntervalMs });
  return {
    server: serve({ fetch: app.fetch, hostname: "127.0.0.1", port }),
    async close() {
      await tenon.close();
      await database.close();
    },
  };
});
