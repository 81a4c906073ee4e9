// The right pane: everything about one message.

import { replay } from "./api.js";
import { announce, copyButton, exact, familyBadge, find, make } from "./dom.js";
import { statusText } from "./list.js";
import { picture } from "./thread.js";

export class Detail {
  constructor(page) {
    this.page = page;
    this.id = null;
    this.shown = null;
    this.turn = 0;
    this.latest = null;
  }

  async open(id) {
    if (this.id !== id) this.shown = null;
    this.id = id;
    await this.refresh();
  }

  close() {
    this.turn++;
    this.id = this.shown = this.latest = null;
    find("detail").hidden = true;
  }

  refresh() {
    if (this.id) this.latest = this.#read(++this.turn);
    return this.latest;
  }

  async #read(turn) {
    const message = await this.page.account.message(this.id);
    // One that was overtaken ends with the one that overtook it: who waited for it finds the message shown.
    if (turn !== this.turn) return this.latest;
    const state = JSON.stringify(message);
    if (state === this.shown) return;
    const again = this.shown !== null;
    this.shown = state;
    this.#show(message, again);
  }

  #show(message, again) {
    const body = find("detail-body");
    const open = new Set([...body.querySelectorAll("details[open]")].map((each) => each.dataset.part));
    const focused = again ? document.activeElement?.closest("#detail-body [data-focus]")?.dataset.focus : null;
    find("detail-heading").textContent = message.direction === "INBOUND" ? "Received message" : "Sent message";
    find("detail-close").href = `#/c/${this.page.route.conversation}`;
    body.replaceChildren(
      facts(message),
      text(message),
      ...message.deliveries.map((delivery) => history(delivery, message.deliveries.length > 1)),
      callbacks(message.callbacks, this),
      notices(message.notices),
      ...message.exchanges.map(raw),
      repeat(message.repeat),
    );
    for (const details of body.querySelectorAll("details")) details.open = open.has(details.dataset.part);
    if (!again) body.scrollTop = 0;
    for (const [number, node] of body.querySelectorAll("button, summary").entries()) node.dataset.focus = number;
    if (focused) body.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
    find("detail").hidden = false;
  }

  async replay(callback) {
    try {
      await replay(callback.callback_id);
      announce("The callback is sent again");
      await this.refresh();
    } catch (error) {
      announce(error.message);
      find("detail-body").querySelector(`[data-callback="${callback.callback_id}"] .error`).textContent = error.message;
    }
  }
}

function part(heading, ...children) {
  return make("section", {}, make("h3", {}, heading), ...children);
}

function folded(name, summary, ...children) {
  return make("details", { "data-part": name }, make("summary", {}, summary), ...children);
}

function code(content, label) {
  return make("div", { class: "raw" }, copyButton(label, content), make("pre", { tabindex: "0" }, content));
}

function facts(message) {
  const rows = [
    ["From", message.from],
    ["To", message.recipients.join(", ")],
    ["Family", familyBadge(message.family)],
    ["Time", exact(message.time)],
    ["Id", [make("code", {}, message.message_id), " ", copyButton("Copy id", message.message_id)]],
    ["Tag", message.tag],
    ["Application", message.application_id],
    ["Priority", message.priority],
    ["Expires", message.expiration === null ? null : exact(message.expiration)],
    ["More", message.extra && Object.keys(message.extra).length ? make("code", {}, JSON.stringify(message.extra)) : null],
  ];
  const given = rows.filter(([, value]) => value !== null && value !== undefined);
  return make("dl", { class: "facts" },
    ...given.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, ...[value].flat())]));
}

function text(message) {
  const { explained } = message;
  const shown = [];
  if (!explained) shown.push(make("p", { class: "text", dir: "auto" }, message.text ?? "No text."));
  else {
    const s = explained.segments === 1 ? "" : "s";
    shown.push(
      make("p", {}, make("strong", {}, `${explained.segments} segment${s}`), ` in ${explained.encoding}: `,
        `${explained.units} of ${explained.units_per_segment * explained.segments} units are used.`),
      make("ol", { class: "parts" }, ...explained.parts.map((runs) => make("li", { dir: "auto" }, ...runs.map(run)))),
    );
    if (explained.forced_by.length) shown.push(why(explained));
    else if (explained.parts.flat().some(({ kind }) => kind === "double")) {
      shown.push(make("p", { class: "muted" }, "The underlined characters take two units each."));
    }
  }
  return part("Text", ...shown, ...message.media.map(picture));
}

function run({ text: content, kind }) {
  if (kind === "plain") return content;
  return make(kind === "forced" ? "mark" : "u", {}, content);
}

function why({ forced_by: forced, plain, segments }) {
  const names = make("ul", { class: "forced" },
    ...forced.slice(0, 10).map(({ character, name }) => make("li", {}, make("mark", {}, character), ` ${name}`)));
  const more = forced.length > 10 ? `and ${forced.length - 10} more` : null;
  const cheaper = plain && `With plain characters in place of typographic ones it would take ${plain}, not ${segments}.`;
  return make("div", { class: "why" },
    make("p", {}, "Not in GSM-7, so the whole text is sent as UCS-2, which fits 70 units instead of 160:"),
    names, more && make("p", { class: "muted" }, more), cheaper && make("p", {}, cheaper));
}

function history(delivery, named) {
  const step = (coming) => ({ time, status, error_code: error, why: reason }) =>
    make("li", { class: coming ? "coming" : null },
      make("time", {}, exact(time)), statusText({ status, error_code: error }),
      reason && make("span", { class: "reason" }, reason), coming && make("span", { class: "muted" }, "to come"));
  return part(named ? `Status at ${delivery.to}` : "Status",
    make("p", {}, statusText(delivery)),
    make("ol", { class: "history" }, ...delivery.history.map(step(false)), ...delivery.coming.map(step(true))));
}

function callbacks(all, detail) {
  if (!all.length) return part("Callbacks", make("p", { class: "muted" }, "The application was told nothing."));
  return part("Callbacks", ...all.map((callback) => {
    const tried = callback.attempts.length;
    const state = { delivered: "good", waiting: "going" }[callback.state] ?? "bad";
    const node = folded(`callback ${callback.callback_id}`,
      [callback.type, " ", make("span", { class: "status", "data-tone": state }, callback.state),
        make("span", { class: "muted" }, ` ${tried} attempt${tried === 1 ? "" : "s"}`)],
      make("p", {}, "POST ", make("code", {}, callback.url)),
      make("ol", { class: "attempts" }, ...callback.attempts.map(attempt)),
      code(pretty(callback.body), "Copy body"),
      make("p", { class: "actions" },
        make("button", { type: "button", onclick: () => detail.replay(callback) }, "Send again")),
      make("p", { class: "error", role: "alert" }));
    node.dataset.callback = callback.callback_id;
    return node;
  }));
}

function attempt({ time, milliseconds, status, answer, error }) {
  const took = milliseconds === undefined ? "" : `, ${milliseconds} ms`;
  return make("li", {}, make("time", {}, exact(time)), ` ${error ?? `answered ${status}`}${took}`,
    answer && make("pre", { tabindex: "0" }, answer));
}

function notices(all) {
  if (!all.length) return null;
  return part("Kept until confirmed", ...all.map(({ kind, body, confirmed }, number) =>
    folded(`notice ${number}`, `${kind}, ${confirmed ? "confirmed" : "not confirmed"}`, code(pretty(body), "Copy"))));
}

function raw({ request, answer }, number) {
  const query = request.query ? `?${request.query}` : "";
  const asked = `${request.method} ${request.path}${query} HTTP/1.1\n${lines(request.headers)}\n\n${pretty(request.body)}`;
  const answered = `HTTP/1.1 ${answer.status}\n${lines(answer.headers)}\n\n${pretty(answer.body)}`;
  return part("Request and answer",
    folded(`request ${number}`, `${request.method} ${request.path}`, code(asked, "Copy request")),
    folded(`answer ${number}`, `Answer ${answer.status}`, code(answered, "Copy answer")));
}

function repeat(ways) {
  if (!ways) return null;
  return part("Repeat it",
    folded("curl", "curl", code(ways.curl, "Copy command")), folded("python", "Python", code(ways.python, "Copy program")));
}

function lines(headers) {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
