import type { Logger } from "../ports/logger.js";

const silence = (): void => undefined;

/** The default logger: it writes nothing, since a guest doesn't use the host's console unasked. */
export const silentLogger: Logger = Object.freeze({
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
});
