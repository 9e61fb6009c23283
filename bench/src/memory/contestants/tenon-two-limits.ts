import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { TWO_LIMITS } from "../../measure/scenario.js";
import { reportBytes } from "../report-bytes.js";

const tenon = createTenon({ storage: memoryStorage() });
const limits = [...TWO_LIMITS];
await reportBytes((subject) => tenon.limits.consume({ subject, limits }));
