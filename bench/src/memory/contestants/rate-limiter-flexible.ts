import { RateLimiterMemory } from "rate-limiter-flexible";
import { AMPLE, HOUR_SECONDS } from "../../measure/scenario.js";
import { reportBytes } from "../report-bytes.js";

const limiter = new RateLimiterMemory({ points: AMPLE, duration: HOUR_SECONDS });
await reportBytes((subject) => limiter.consume(subject));
