import { keyPattern } from "./api-keys/key-format.js";
import type { Settings } from "./config.js";
import { createRedactingLogger } from "./logging/redacting-logger.js";
import type { Logger } from "./ports/logger.js";
import { silentLogger } from "./runtime/silent-logger.js";

/** The host's logger behind a redactor that knows what the host's keys look like; without one, silence. */
export function createKitLogger({ logger, apiKeys }: Pick<Settings, "logger" | "apiKeys">): Logger {
  if (logger === undefined) return silentLogger;
  const { format, acceptedFormats } = apiKeys;
  return createRedactingLogger(logger, {
    pattern: new RegExp(keyPattern(format), "g"),
    isAccepted: (word) => acceptedFormats.some(({ pattern }) => pattern.test(word)),
  });
}
