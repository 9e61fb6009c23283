import type { Spread } from "../measure/spread.js";
import { meetsTarget, type Row } from "./row.js";

/** The rows as a Markdown table, which reads well in a terminal too. */
export function formatTable(rows: readonly Row[]): string {
  const header = ["what", "against", "ratio: median (min–max)", "target", "Tenon", "the other", "unit"];
  const lines = rows.map((row) => [
    row.what,
    row.against,
    `**${formatNumber(row.ratio.median)}×**${formatRange(row.ratio)}`,
    formatTarget(row),
    formatNumber(row.ours.median),
    formatNumber(row.theirs.median),
    row.unit,
  ]);
  const widths = header.map((name, column) =>
    Math.max(...[header, ...lines].map((line) => (line[column] ?? name).length)),
  );
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [format(header), rule, ...lines.map(format)].join("\n");
}

function formatTarget(row: Row): string {
  const met = meetsTarget(row);
  if (row.target === undefined || met === undefined) return "";
  return `${row.lessIsBetter ? "≤" : "≥"} ${row.target}× ${met ? "met" : "missed"}`;
}

function formatRange({ min, max }: Spread): string {
  return min === max ? "" : ` (${formatNumber(min)}–${formatNumber(max)})`;
}

function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}
