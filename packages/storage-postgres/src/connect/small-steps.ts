/**
 * How statements of a transaction of ours are planned: they are small steps by key, whatever their costs seem to be. Where
 * much is dead in the queue those seem high. PostgreSQL would compile each statement for a tenth of a second, and gather in
 * bitmaps what is wanted in order.
 */
export const PLAN_SMALL_STEPS =
  "SELECT set_config('jit', 'off', true), set_config('enable_bitmapscan', 'off', true)";
