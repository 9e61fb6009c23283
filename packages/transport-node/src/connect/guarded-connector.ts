import { connect as netConnect, type Socket, type TcpNetConnectOpts } from "node:net";
import type { buildConnector } from "undici";
import { type AddressRule, checkAddress } from "../addresses/address-policy.js";
import type { ProxySettings } from "../config/proxy-config.js";
import type { TransportSettings } from "../config/read-transport-config.js";
import { codeOf, TransportFailure } from "../transport-failure.js";
import { addressRuleOf, isLoopbackHost } from "../url-policy.js";
import { createDnsLookup, type LookupAll, lookupBySystem } from "./lookup-names.js";
import { openTunnel } from "./proxy-tunnel.js";
import { resolveAddresses, type VettedAddress } from "./resolve-addresses.js";
import { createSecureSocket, createTrust } from "./secure-socket.js";

/** What reaches outside the process, replaceable in tests. */
export interface ConnectorEffects {
  readonly lookup?: LookupAll;
  readonly dial?: (options: TcpNetConnectOpts) => Socket;
}

export interface GuardedConnector {
  /** Opens a connection to a vetted address; what undici's `connect` option takes. */
  readonly connect: buildConnector.connector;
  /** Runs `dispatch`; a connection it opens is given up when the signal aborts, which is asked for only then. */
  during(signal: () => AbortSignal, dispatch: () => void): void;
  /** Destroys every connection, whether open or on its way, and opens no more. */
  destroyAll(): void;
}

/** For a connection nobody waits for any more: the pool reopens one by itself when a kept one has gone stale. */
const UNATTENDED_CONNECT_MS = 15_000;

/**
 * Connects where the policy allows and nowhere else: the name is resolved once, every answer is vetted, the vetted
 * answers are pinned, and the connected socket is checked again before a byte is sent. A pooled connection therefore
 * stays as safe as when it was made. Through a proxy the last of these is out of sight.
 */
export function createGuardedConnector(
  settings: TransportSettings,
  effects: ConnectorEffects = {},
): GuardedConnector {
  const { policy, proxy } = settings;
  const lookup = effects.lookup ?? (settings.resolver === "dns" ? createDnsLookup() : lookupBySystem);
  const dial = effects.dial ?? netConnect;
  const trust = createTrust(settings.certificateAuthorities);
  const secure = createSecureSocket(trust);
  const sockets = new Set<Socket>();
  let attending: (() => AbortSignal) | undefined;
  let closed = false;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // Whoever waits for the socket gets the error; without any listener it would end the process.
    socket.on("error", () => {});
  };

  async function vettedAddresses(target: buildConnector.Options, rule: AddressRule, signal: AbortSignal) {
    const addresses = await untilAborted(resolveAddresses(target.hostname, rule, lookup), signal);
    if (closed || signal.aborted) throw new TransportFailure("aborted", "the connection was given up");
    return addresses;
  }

  async function openDirect(target: buildConnector.Options, signal: AbortSignal): Promise<Socket> {
    const rule = addressRuleOf(target, policy);
    const socket = dial(dialOptions(target, await vettedAddresses(target, rule, signal)));
    track(socket);
    await orDestroyed(socket, signal, async () => {
      await connected(socket, target.hostname);
      vetConnected(socket, target.hostname, rule);
    });
    return socket;
  }

  async function openThrough(way: ProxySettings, target: buildConnector.Options, signal: AbortSignal) {
    // Loopback at the end of a proxy would be the proxy's own machine.
    const rule = { ...addressRuleOf(target, policy), loopback: false };
    const hosts =
      way.resolves === "proxy"
        ? [target.hostname]
        : (await vettedAddresses(target, rule, signal)).map(({ address, family }) =>
            family === 6 ? `[${address}]` : address,
          );
    let failure: unknown;
    for (const host of hosts) {
      try {
        const options = { proxy: way, trust, signal, track };
        return await openTunnel(`${host}:${portOf(target)}`, options);
      } catch (error) {
        failure = error;
        if (closed || signal.aborted) break;
      }
    }
    throw failure;
  }

  async function open(target: buildConnector.Options, signal: AbortSignal): Promise<Socket> {
    const socket =
      proxy === undefined || isLoopbackHost(target.hostname)
        ? await openDirect(target, signal)
        : await openThrough(proxy, target, signal);
    if (target.protocol !== "https:") return socket;
    return orDestroyed(socket, signal, () => secure(target, socket));
  }

  return {
    connect(target, callback) {
      open(target, attending?.() ?? AbortSignal.timeout(UNATTENDED_CONNECT_MS)).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    during(signal, dispatch) {
      // The pool opens connections synchronously inside `dispatch`, so this needs no asynchronous context.
      attending = signal;
      try {
        dispatch();
      } finally {
        attending = undefined;
      }
    },
    destroyAll() {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function portOf({ port, protocol }: buildConnector.Options): number {
  return Number(port || (protocol === "https:" ? 443 : 80));
}

function dialOptions(target: buildConnector.Options, addresses: readonly VettedAddress[]): TcpNetConnectOpts {
  return {
    host: target.hostname,
    port: portOf(target),
    // Never called for a literal; for a name it is all that Node learns about it.
    lookup: (_hostname, options, callback) => {
      const [first] = addresses;
      if (options.all === true || first === undefined) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    },
    autoSelectFamily: true,
    noDelay: true,
    keepAlive: true,
  };
}

function connected(socket: Socket, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error?: unknown) => {
      const code = codeOf(error);
      reject(
        new TransportFailure("connect", `could not connect to ${hostname}${code === "" ? "" : ` (${code})`}`),
      );
    };
    socket.once("connect", resolve).once("error", fail).once("close", fail);
  });
}

function vetConnected(socket: Socket, hostname: string, rule: AddressRule): void {
  if (socket.remoteAddress === undefined) {
    throw new TransportFailure("connect", `could not connect to ${hostname} (closed at once)`);
  }
  const check = checkAddress(socket.remoteAddress, rule);
  if (!check.ok)
    throw new TransportFailure("blocked", `${hostname} connected to a refused address (${check.what})`);
}

/** Does something with a socket, which is destroyed when that fails or `signal` aborts. */
async function orDestroyed<T>(socket: Socket, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const giveUp = () => socket.destroy();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    if (signal.aborted) throw new TransportFailure("aborted", "the connection was given up");
    return await work();
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** Stops waiting when `signal` aborts; a name being resolved can't be called back. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new TransportFailure("timeout", "the connection was given up"));
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
