import type { AddressInfo, Server } from "node:net";
import { isTenonError } from "@tenon/core";

/** A program that serves: what it listens with, and how it ends once nobody is being answered any more. */
export interface Program {
  /** Listens on 127.0.0.1, or is about to. */
  readonly server: Server;
  close(): Promise<void>;
}

/**
 * Runs a program until it is told to end. It prints `listening on http://127.0.0.1:<port>` when it is ready, and ends
 * with status 1 and what is wrong where it can't start.
 */
export async function runProgram(start: () => Promise<Program>): Promise<void> {
  const { server, close } = await start().catch((error: unknown) => {
    // What is wrong with the settings is said in one sentence each; a stack would bury it.
    console.error(isTenonError(error) ? error.message : error);
    process.exit(1);
  });
  if (!server.listening) await new Promise<void>((resolve) => server.once("listening", resolve));
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stop = async () => {
    await new Promise((resolve) => server.close(resolve));
    await close();
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}
