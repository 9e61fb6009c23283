/** What core reads of a request. Adapters supply it; the names say what each framework must answer. */
export interface HttpRequestView {
  /** The framework's own object for this request: the same one for every middleware that the request passes. */
  readonly identity: object;
  /** What guards note for those that the request passes after them, for as long as it lasts. */
  readonly notes: RequestNotes;
  readonly method: string;
  /** The path with its query as it came, or the whole URL. */
  url(): string;
  /** Every value of a header (name in lowercase), in order. Values joined by a framework may come as one. */
  headerValues(name: string): readonly string[];
  /** The address of the other end of the connection, while it lasts; undefined where the runtime doesn't tell. */
  connectionAddress(): string | undefined;
}

export interface RequestNotes {
  get(mark: symbol): unknown;
  set(mark: symbol, note: unknown): void;
}

/** A finished reply: an adapter writes it and calls nothing after it. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for an empty body. */
  readonly body?: string;
}

/** The first value of a header, or undefined. */
export function headerValue(request: HttpRequestView, name: string): string | undefined {
  return request.headerValues(name)[0];
}

/** Whether a request only asks, on a browser's behalf, what another origin may send. It carries no credentials. */
export function isPreflight(request: HttpRequestView): boolean {
  return request.method === "OPTIONS" && headerValue(request, "access-control-request-method") !== undefined;
}
