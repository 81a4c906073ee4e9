// The middle pane: one conversation as the phone shows it. What the account sent stands on the left, replies on the right.

import { clock, copy, copyButton, day, familyBadge, find, make, sync } from "./dom.js";
import { messageLink, statusText } from "./list.js";

const PAGE = 50;
const MOST = 200;

export class Thread {
  constructor(page) {
    this.page = page;
    this.conversation = null;
    this.messages = [];
    this.next = null;
    this.turn = 0;
    find("thread-older").addEventListener("click", () => page.attempt(this.older()));
    find("reply").addEventListener("submit", (event) => this.#reply(event));
    find("reply-text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        find("reply").requestSubmit();
      }
    });
    find("reply-text").addEventListener("input", ({ target }) => {
      target.rows = Math.min(6, target.value.split("\n").length);
    });
  }

  async open(number) {
    const turn = ++this.turn;
    const found = await this.page.account.conversation(number, { limit: PAGE });
    if (turn !== this.turn) return;
    this.conversation = found;
    this.messages = found.messages.toReversed();
    this.next = found.next;
    find("reply-text").value = "";
    find("reply-error").textContent = "";
    this.#show();
    this.#toEnd();
  }

  close() {
    this.turn++;
    this.conversation = null;
    this.messages = [];
    this.next = null;
    this.#show();
  }

  async refresh() {
    // While another conversation is being opened, this one has had its day.
    if (!this.conversation || this.conversation.id !== this.page.route.conversation) return;
    const turn = ++this.turn;
    const since = this.messages[0]?.position;
    const found = await this.page.account.conversation(this.conversation.id, { since, limit: MOST });
    if (turn !== this.turn) return;
    const newest = found.messages.toReversed();
    const first = newest[0]?.position ?? 0;
    const scroll = find("thread-scroll");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    if (found.next !== null && first > (this.messages.at(-1)?.position ?? 0)) {
      // So many are new that some between them and what is shown were not read.
      this.messages = newest;
      this.next = found.next;
    } else this.messages = [...this.messages.filter((message) => message.position < first), ...newest];
    this.conversation = found;
    this.#show();
    if (atEnd) this.#toEnd();
  }

  // What is shown may be gone, and the whole conversation too.
  async reread() {
    this.messages = [];
    this.next = null;
    try {
      await this.refresh();
    } catch (error) {
      if (error.status !== 404) throw error;
      location.hash = "#/";
    }
  }

  async older() {
    const turn = ++this.turn;
    const found = await this.page.account.conversation(this.conversation.id, { before: this.next, limit: PAGE });
    if (turn !== this.turn) return;
    const scroll = find("thread-scroll");
    const below = scroll.scrollHeight - scroll.scrollTop;
    this.messages = [...found.messages.toReversed(), ...this.messages];
    this.next = found.next;
    this.#show();
    scroll.scrollTop = scroll.scrollHeight - below;
  }

  focusMessage(id) {
    const links = [...find("messages").querySelectorAll("a.open")];
    const link = links.findLast((each) => each.dataset.message === id) ?? links.at(-1);
    (link ?? find("thread-scroll")).focus();
  }

  copyCode() {
    const code = this.messages.findLast((message) => message.code)?.code;
    const buttons = [...find("messages").querySelectorAll(".code .copy")];
    if (code) copy(code, buttons.at(-1));
  }

  #show() {
    const { conversation } = this;
    find("thread-heading").textContent = conversation ? conversation.phone : "No conversation is open";
    const within = find("thread-with");
    within.replaceChildren();
    if (conversation) within.append(familyBadge(conversation.family), ` with ${conversation.owner}`);
    find("thread-note").hidden = conversation !== null;
    find("reply").hidden = conversation === null;
    find("reply-label").textContent = conversation ? `Reply as ${conversation.phone}` : "Reply as the phone";
    find("reply-text").placeholder = find("reply-label").textContent;
    find("thread-older").hidden = this.next === null;
    const entries = this.messages.map((message, number) => {
      const before = this.messages[number - 1];
      const heading = before && day(before.time) === day(message.time) ? null : day(message.time);
      const current = this.page.route.message === message.message_id;
      return { key: String(message.position), value: { message, heading, current } };
    });
    sync(find("messages"), entries, bubble);
  }

  #toEnd() {
    find("thread-scroll").scrollTop = find("thread-scroll").scrollHeight;
  }

  async #reply(event) {
    event.preventDefault();
    const field = find("reply-text");
    const text = field.value;
    if (!text.trim()) return;
    const { phone, owner, family } = this.conversation;
    try {
      await this.page.account.receive({ from: phone, to: [owner], text, family });
      field.value = "";
      field.rows = 1;
      find("reply-error").textContent = "";
      await this.refresh();
      this.#toEnd();
    } catch (error) {
      find("reply-error").textContent = error.message;
    }
  }
}

function bubble({ message, heading, current }) {
  const side = message.direction === "INBOUND" ? "mine" : "theirs";
  const group = message.recipients.length > 1 ? `group of ${message.recipients.length}` : null;
  const parts = message.type === "sms" && message.segments > 1 ? `${message.segments} segments` : null;
  const link = make("a", {
    class: "open", href: messageLink(message), "data-message": message.message_id,
    "aria-current": current ? "true" : null,
  },
  make("span", { class: "unseen" }, "Details: "), make("time", {}, clock(message.time)), " ", statusText(message),
  ...[parts, group].filter(Boolean).map(tagged));
  return make("li", { class: `message ${side}`, "data-current": current },
    heading && make("p", { class: "day" }, heading),
    make("div", { class: "bubble" },
      message.media.map(picture),
      message.text !== null && make("p", { class: "text", dir: "auto" }, message.text),
      message.code && make("p", { class: "code" },
        make("output", { "aria-label": "One-time code" }, message.code), copyButton("Copy code", message.code))),
    make("p", { class: "under" }, link, message.tag && tagged(`tag ${message.tag}`)));
}

function tagged(text) {
  return make("span", { class: "muted" }, text);
}

export function picture({ url, preview, source }) {
  const address = () => make("p", { class: "media-address" }, url);
  if (!preview) return address();
  return make("img", {
    class: "media", src: source ?? url, alt: `Picture ${url}`, referrerpolicy: "no-referrer",
    onerror: ({ target }) => target.replaceWith(address()),
  });
}
