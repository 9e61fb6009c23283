/** The longest delay a timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps this process from ending for want of work, until what it returns is called. */
export function keepProcessAlive(): () => void {
  const timer = setInterval(() => {}, LONGEST_TIMER_MS);
  return () => clearInterval(timer);
}
