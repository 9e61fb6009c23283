import type { Migration } from "./migration.js";

/** Why no response came, in the transport's words. */
export const attemptError: Migration = {
  number: 9,
  name: "attempt_error",
  statements: (schema) => [`ALTER TABLE ${schema}.attempts ADD COLUMN error text`],
};
