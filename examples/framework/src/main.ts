import { redisLimits } from "@tenon/storage-redis";
import { createDemoClock } from "example-setup/demo-clock";
import { steerDemo } from "example-setup/demo-steering";
import { openDatabase } from "example-setup/open-database";
import { runProgram } from "example-setup/run-program";
import { Redis } from "ioredis";
import { createApp } from "./app.js";
import { createFramework } from "./framework.js";
import { readSettings } from "./settings.js";

await runProgram(async () => {
  const settings = readSettings(process.env);
  const database = await openDatabase(settings.databaseUrl);
  const redis = settings.redisUrl === undefined ? undefined : new Redis(settings.redisUrl);
  redis?.on("error", (error) => console.error(`Redis cannot be reached: ${error.message}`));
  const limits = redis && redisLimits({ redis });
  const clock = settings.isDemo ? createDemoClock() : undefined;

  const framework = createFramework({ storage: database.storage, limits, clock }, settings);
  const { tenon } = framework;
  const app = createApp(framework, settings.jwtSecret.reveal(), clock && steerDemo(tenon, clock));
  await tenon.start();
  tenon.webhooks.startRunner();
  return {
    server: app.listen(settings.port, "127.0.0.1"),
    async close() {
      await tenon.close();
      redis?.disconnect();
      await database.close();
    },
  };
});
