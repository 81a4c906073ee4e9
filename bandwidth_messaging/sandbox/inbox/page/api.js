// The sandbox over HTTP: what the page reads is under /sandbox/inbox, what it does under /sandbox/accounts.

async function call(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Error("The sandbox does not answer");
  }
  const text = await answer.text();
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    // What is no JSON is told by its status.
  }
  if (!answer.ok) {
    const error = new Error(body?.description ?? `${answer.status} ${answer.statusText}`);
    throw Object.assign(error, { status: answer.status });
  }
  return body;
}

function send(method, path, body) {
  return call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

export const accounts = async () => (await call("/sandbox/inbox/accounts")).accounts;
export const filters = async () => (await call("/sandbox/inbox/filters")).filters;

export class Account {
  constructor(id) {
    this.id = id;
    this.read = `/sandbox/inbox/accounts/${encodeURIComponent(id)}`;
    this.act = `/sandbox/accounts/${encodeURIComponent(id)}`;
  }

  conversations = (values) => call(`${this.read}/conversations${query(values)}`);
  conversation = (number, values) => call(`${this.read}/conversations/${number}${query(values)}`);
  search = (values) => call(`${this.read}/messages${query(values)}`);
  message = (id) => call(`${this.read}/messages/${encodeURIComponent(id)}`);
  events = () => new EventSource(`${this.read}/events`);

  receive = (message) => send("POST", `${this.act}/inbound`, message);
  faults = async () => (await call(`${this.act}/faults`)).faults;
  addFault = (fault) => send("POST", `${this.act}/faults`, fault);
  removeFault = (id) => send("DELETE", `${this.act}/faults/${id}`);
  clear = () => send("DELETE", `${this.act}/messages`);
  advance = (seconds) => send("POST", `${this.act}/clock`, { advance: seconds });
}

export const replay = (callbackId) => send("POST", `/sandbox/callbacks/${callbackId}/replay`);
