import { HOUR_SECONDS } from "../../measure/scenario.js";
import { reportBytes } from "../report-bytes.js";

const windows = new Map<string, { count: number; readonly endsAtMs: number }>();
await reportBytes(async (subject) => {
  const window = windows.get(subject);
  if (window === undefined) windows.set(subject, { count: 1, endsAtMs: Date.now() + HOUR_SECONDS * 1000 });
  else window.count += 1;
});
