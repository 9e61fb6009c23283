/** The first and the last port of a range, both part of it. */
export type PortRange = readonly [first: number, last: number];

/** https, and what a service may listen on without privileges: none of the well-known ports of other protocols. */
export const DEFAULT_PORTS: readonly PortRange[] = [
  [443, 443],
  [1024, 65_535],
];

export function isPortIn(port: number, ranges: readonly PortRange[]): boolean {
  return ranges.some(([first, last]) => port >= first && port <= last);
}

/** The ranges in words: `443 or 1024 to 65535`. */
export function describePorts(ranges: readonly PortRange[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(" or ");
}

/** Reads a port (`8443`) or a range of them (`[8000, 8999]`); undefined for anything else. */
export function readPortRange(value: unknown): PortRange | undefined {
  const [first, last, ...rest] = Array.isArray(value) ? value : [value, value];
  return isPort(first) && isPort(last) && first <= last && rest.length === 0 ? [first, last] : undefined;
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535;
}
