import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { AMPLE, HOUR_SECONDS } from "../../measure/scenario.js";
import { reportBytes } from "../report-bytes.js";

const tenon = createTenon({ storage: memoryStorage() });
const limits = [{ name: "hour", limit: AMPLE, windowSeconds: HOUR_SECONDS }];
await reportBytes((subject) => tenon.limits.consume({ subject, limits }));
