import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second, as `/proc` counts them: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * The CPU that a PostgreSQL server has used so far, all of its processes taken together, those that ended included; in
 * milliseconds. Undefined where there is no `/proc`, or the server is on another machine.
 * @param backendPid the process that serves one of our connections.
 */
export function postgresCpuMs(backendPid: number): number | undefined {
  const backend = readStat(backendPid);
  if (backend === undefined) return undefined;
  const server = readStat(backend.parentPid);
  if (server === undefined) return undefined;
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = processes
    .map((pid) => readStat(Number(pid)))
    .filter((stat) => stat?.parentPid === backend.parentPid);
  const ticks = children.reduce(
    (sum, stat) => sum + (stat?.ownTicks ?? 0),
    server.ownTicks + server.endedTicks,
  );
  return (ticks * 1000) / TICKS_PER_SECOND;
}

/** The fields of `/proc/<pid>/stat` after the name, which may hold anything: see proc(5). */
function readStat(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const field = (number: number) => Number(fields[number - 3]);
    return {
      parentPid: field(4),
      ownTicks: field(14) + field(15),
      /** Of children that ended and were waited for. */
      endedTicks: field(16) + field(17),
    };
  } catch {
    return undefined;
  }
}
