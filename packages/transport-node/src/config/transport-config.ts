/** How requests leave, which receivers they may reach, and whom the transport believes. Nothing is opened by default. */
export interface NodeTransportConfig {
  /**
   * Opens parts of the private networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7), each as a CIDR such as
   * `"10.20.0.0/16"`: for literals, for resolved names and for connected sockets. Loopback, link-local, cloud
   * metadata and the rest of the never tier stay closed, also inside an opened range. Default: none.
   */
  readonly privateRanges?: readonly string[];
  /**
   * The ports that receivers may listen on: a port, or the first and last of a range. Default 443 and 1024 to 65535:
   * no well-known port of another protocol.
   */
  readonly ports?: readonly (number | readonly [first: number, last: number])[];
  /** Certificates of authorities to trust beside those Node ships with, as PEM: for receivers in your own network. */
  readonly certificateAuthorities?: readonly string[];
  /**
   * Who turns names into addresses. `"dns"` asks the name servers of the system's configuration, off Node's thread
   * pool; `"system"` asks the operating system, which also knows the hosts file and search domains, but lets two slow
   * names hold up every other name in the process. Default `"dns"`.
   */
  readonly resolver?: "dns" | "system";
  /** The way out, where requests may not leave directly. Default: none; the environment's proxies are not read. */
  readonly proxy?: ProxyConfig;
  /** For a developer's machine only. Absent: nothing is opened. */
  readonly development?: {
    /**
     * Opens loopback (127.0.0.0/8, ::1, `localhost`), with http and any port there. Nothing else: private and
     * link-local addresses stay refused. Default false.
     */
    readonly loopback?: boolean;
  };
}

/** A proxy that understands CONNECT (RFC 9110 section 9.3.6). Its own address is yours to choose, so it isn't vetted. */
export interface ProxyConfig {
  /** `http://` or `https://`, host and port alone. */
  readonly url: string;
  /** The value of `Proxy-Authorization`, such as `Basic …`. A secret: it is sent to the proxy and written nowhere. */
  readonly authorization?: string;
  /**
   * Who resolves a receiver's name. `"here"`: this process does, vets every answer, and asks the proxy for the vetted
   * address. `"proxy"`: the proxy gets the name, and refusing internal addresses is then up to the proxy alone; for
   * networks without name resolution of their own, and for proxies that decide by name. Default `"here"`.
   */
  readonly resolves?: "here" | "proxy";
}
