import { MemoryStore, type Options } from "express-rate-limit";
import { HOUR_SECONDS } from "../../measure/scenario.js";
import { reportBytes } from "../report-bytes.js";

const store = new MemoryStore();
store.init({ windowMs: HOUR_SECONDS * 1000 } as Options);
await reportBytes((subject) => store.increment(subject));
