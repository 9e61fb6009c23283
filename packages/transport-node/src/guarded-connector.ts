import { connect as netConnect, type Socket, type TcpNetConnectOpts } from "node:net";
import { buildConnector } from "undici";
import { type AddressRule, checkAddress } from "./address-policy.js";
import { type LookupAll, lookupAll, resolveAddresses, type VettedAddress } from "./resolve-addresses.js";
import { codeOf, TransportFailure } from "./transport-failure.js";
import { addressRuleOf, type UrlPolicy } from "./url-policy.js";

/** What reaches outside the process, replaceable in tests. */
export interface ConnectorEffects {
  readonly lookup?: LookupAll;
  readonly dial?: (options: TcpNetConnectOpts) => Socket;
  /** Trusted beside nothing else: the authorities of a test's own servers. */
  readonly certificateAuthority?: string;
}

export interface GuardedConnector {
  /** Opens a connection to a vetted address; what undici's `connect` option takes. */
  readonly connect: buildConnector.connector;
  /** Runs `dispatch`; a connection it opens is given up when `signal` aborts. */
  during(signal: AbortSignal, dispatch: () => void): void;
  /** Destroys every connection, whether open or on its way, and opens no more. */
  destroyAll(): void;
}

/** For a connection nobody waits for any more: the pool reopens one by itself when a kept one has gone stale. */
const UNATTENDED_CONNECT_MS = 15_000;

/**
 * Connects where the policy allows and nowhere else: the name is resolved once, every answer is vetted, the vetted
 * answers are pinned, and the connected socket is checked again before a byte is sent. A pooled connection therefore
 * stays as safe as when it was made.
 */
export function createGuardedConnector(policy: UrlPolicy, effects: ConnectorEffects = {}): GuardedConnector {
  const lookup = effects.lookup ?? lookupAll;
  const dial = effects.dial ?? netConnect;
  const startTls = buildConnector({
    timeout: 0,
    // Written out, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment can't switch it off.
    rejectUnauthorized: true,
    ...(effects.certificateAuthority === undefined ? {} : { ca: effects.certificateAuthority }),
  });
  const sockets = new Set<Socket>();
  let attending: AbortSignal | undefined;
  let closed = false;

  async function open(target: buildConnector.Options, signal: AbortSignal): Promise<Socket> {
    const rule = addressRuleOf(target, policy);
    const addresses = await untilAborted(resolveAddresses(target.hostname, rule, lookup), signal);
    if (closed || signal.aborted) throw new TransportFailure("aborted", "the connection was given up");
    const socket = dial(dialOptions(target, addresses));
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // Whoever waits for the socket gets the error; without any listener it would end the process.
    socket.on("error", () => {});
    const giveUp = () => socket.destroy();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await connected(socket, target.hostname);
      vetConnected(socket, target.hostname, rule);
      return target.protocol === "https:" ? await secured(startTls, target, socket) : socket;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  return {
    connect(target, callback) {
      open(target, attending ?? AbortSignal.timeout(UNATTENDED_CONNECT_MS)).then(
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

function dialOptions(target: buildConnector.Options, addresses: readonly VettedAddress[]): TcpNetConnectOpts {
  return {
    host: target.hostname,
    port: Number(target.port || (target.protocol === "https:" ? 443 : 80)),
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

function secured(
  startTls: buildConnector.connector,
  target: buildConnector.Options,
  socket: Socket,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    startTls({ ...target, httpSocket: socket }, (error, secureSocket) => {
      if (error === null) return resolve(secureSocket);
      // Only the code: the text of a certificate error quotes what the receiver wrote into its certificate.
      const code = codeOf(error);
      reject(
        new TransportFailure(
          "tls",
          `no secure connection to ${target.hostname}${code === "" ? "" : ` (${code})`}`,
        ),
      );
    });
  });
}

/** Stops waiting when `signal` aborts; a name being resolved can't be called back. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new TransportFailure("timeout", "the connection was given up"));
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
