import { memoryStorage } from "@tenon/storage-memory";
import { test } from "vitest";
import { expectOneLog } from "../../storage-postgres/test/limit-processes.js";

test("several kits on one memory storage accept what one process would accept on one log", async () => {
  await expectOneLog([memoryStorage()], { histories: 200 });
});
