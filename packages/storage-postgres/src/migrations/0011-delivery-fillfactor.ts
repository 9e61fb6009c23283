import type { Migration } from "./migration.js";

/**
 * A delivery is written twice: when it is published, and when it is final. Deliveries that follow each other become final
 * together, so that a page needs room for a second version of all of its rows. Then none of the three indexes has to be
 * written a second time, or vacuumed for it.
 */
export const deliveryFillfactor: Migration = {
  number: 11,
  name: "delivery_fillfactor",
  statements: (schema) => [`ALTER TABLE ${schema}.deliveries SET (fillfactor = 45)`],
};
