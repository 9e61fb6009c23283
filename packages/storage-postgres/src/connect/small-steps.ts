/**
 * How statements of a transaction of ours are planned: they are small steps by key, whatever their costs seem to be. Where
 * much is dead in the queue those seem high, and where the queue was short when it was looked at, all of it seems no more.
 * PostgreSQL would compile each statement for a tenth of a second, gather in bitmaps what is wanted in order, and read
 * whole tables.
 */
export const PLAN_SMALL_STEPS =
  "SELECT set_config('jit', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)";
