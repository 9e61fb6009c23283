import { ConfigError } from "@tenon/core/errors";
import { describe, expect, it } from "vitest";
import { type NodeTransportConfig, readTransportConfig } from "./transport-config.js";

function pointersOf(config: unknown): readonly string[] {
  try {
    readTransportConfig(config as NodeTransportConfig);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

describe("the configuration", () => {
  it("opens nothing unless it says so", () => {
    expect(readTransportConfig({})).toEqual({ loopback: false });
    expect(readTransportConfig({ development: {} })).toEqual({ loopback: false });
    expect(readTransportConfig({ development: { loopback: false } })).toEqual({ loopback: false });
    expect(readTransportConfig({ development: { loopback: true } })).toEqual({ loopback: true });
  });

  it("is refused with every problem named", () => {
    expect(pointersOf({ develoment: {}, "a/b": 1, development: { loopback: "yes", all: true } })).toEqual([
      "/develoment",
      "/a~1b",
      "/development/all",
      "/development/loopback",
    ]);
    expect(pointersOf({ development: true })).toEqual(["/development"]);
    expect(pointersOf(null)).toEqual([""]);
    expect(pointersOf([])).toEqual([""]);
  });
});
