import type { Logger } from "../ports/logger.js";
import { createRedactor, type KeyLooks } from "./redact.js";

/**
 * Puts a redactor before a host's logger: nothing that Tenon logs shows a key, a signing secret, a token or a password,
 * whatever an error of a driver's or a handler's quotes.
 */
export function createRedactingLogger(logger: Logger, keys: KeyLooks): Logger {
  const redact = createRedactor(keys);
  return {
    debug: (fields, message) => logger.debug(redact(fields), redact(message)),
    info: (fields, message) => logger.info(redact(fields), redact(message)),
    warn: (fields, message) => logger.warn(redact(fields), redact(message)),
    error: (fields, message) => logger.error(redact(fields), redact(message)),
  };
}
