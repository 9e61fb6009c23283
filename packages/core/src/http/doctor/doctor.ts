import type { Logger } from "../../ports/logger.js";
import { DOCTOR_WARNINGS, type DoctorWarning, warningLink } from "./warnings.js";

/** Tells the host, once, of a mistake in how it uses the kit. */
export interface Doctor {
  /** Whether a warning could still be given: a check asks first, so that it costs nothing once it has. */
  isWatching(warning: DoctorWarning): boolean;
  /** Gives a warning, the first time. It never holds anything a request brought. */
  warn(warning: DoctorWarning): void;
}

/** Makes a doctor that gives each warning once, but for those disabled. */
export function createDoctor(options: {
  readonly logger: Logger;
  readonly disabled: readonly DoctorWarning[];
}): Doctor {
  const { logger, disabled } = options;
  const silent = new Set<DoctorWarning>(disabled);
  return {
    isWatching: (warning) => !silent.has(warning),
    warn(warning) {
      if (silent.has(warning)) return;
      silent.add(warning);
      logger.warn({ warning, see: warningLink(warning) }, DOCTOR_WARNINGS[warning]);
    },
  };
}
