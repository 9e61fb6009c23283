import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { isTenonError } from "@tenon/core";
import { redisLimits } from "@tenon/storage-redis";
import { createDemoClock } from "example-setup/demo-clock";
import { openDatabase } from "example-setup/open-database";
import { Redis } from "ioredis";
import { answerError, createApp } from "./app.js";
import { demoRoutes } from "./demo-routes.js";
import { createFramework } from "./framework.js";
import { readSettings } from "./settings.js";

const hostname = "127.0.0.1";
const settings = readOrExit();
const { storage, close: closeDatabase } = await openDatabase(settings.databaseUrl);
const redis = settings.redisUrl === undefined ? undefined : new Redis(settings.redisUrl);
redis?.on("error", (error) => console.error(`Redis cannot be reached: ${error.message}`));
const limits = redis && { limits: redisLimits({ redis }) };
const clock = settings.isDemo ? createDemoClock() : undefined;

const framework = createFramework({ storage, ...limits, ...(clock && { clock }) }, settings);
const app = createApp(framework, settings.jwtSecret.reveal());
if (clock !== undefined) app.use("/_demo", demoRoutes(framework.tenon, clock));
app.use(answerError);
await framework.tenon.start();
framework.tenon.webhooks.startRunner();
const server = app.listen(settings.port, hostname);
await once(server, "listening");
console.log(`listening on http://${hostname}:${(server.address() as AddressInfo).port}`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void close());

async function close(): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
  await framework.tenon.close();
  redis?.disconnect();
  await closeDatabase();
}

function readOrExit() {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!isTenonError(error)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}
