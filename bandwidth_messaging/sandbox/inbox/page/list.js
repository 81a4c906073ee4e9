// The left pane: conversations, or the messages that a search has found.

import { announce, brief, familyBadge, find, make, sync, tone } from "./dom.js";

const PAGE = 40;
const MOST = 200;
// How many stretches of 20,000 messages a search goes through by itself until it has found something.
const STRETCHES = 100;

export class List {
  constructor(page) {
    this.page = page;
    this.entries = [];
    this.next = null;
    this.searched = null;
    this.newest = null;
    this.unread = new Set();
    this.search = null;
    this.turn = 0;
    this.dug = this.digging = this.missed = false;
    find("older").addEventListener("click", () => page.attempt(this.older()));
  }

  // Starts anew: another account, family or search.
  async reset(search) {
    this.search = search;
    this.dug = this.digging = this.missed = false;
    this.entries = [];
    this.next = null;
    this.searched = null;
    if (!search) this.newest = null;
    this.unread.clear();
    find("list-heading").textContent = search ? "Found" : "Conversations";
    await this.refresh();
    find("list-scroll").scrollTop = 0;
  }

  // Everything was deleted; what comes next is new, although its numbers begin anew.
  forget() {
    this.entries = [];
    this.dug = false;
    this.newest = 0;
    this.unread.clear();
  }

  // What was read from further down may be gone.
  async reread() {
    this.entries = [];
    this.dug = false;
    await this.refresh();
  }

  // Reads what is newest again; of a search only its first stretch, since this comes with every event.
  async refresh() {
    // A search that goes further back is not to be cut off by what happens meanwhile.
    if (this.digging) {
      this.missed = true;
      return;
    }
    const turn = ++this.turn;
    const limit = Math.min(MOST, Math.max(PAGE, this.entries.length));
    const found = await this.#read(null, limit);
    if (turn !== this.turn) return;
    const known = new Set(found.entries.map(keyOf));
    const lower = this.entries.filter((entry) => !known.has(keyOf(entry)) && this.#isBelow(entry, found));
    this.entries = [...found.entries, ...lower];
    if (!lower.length && !this.dug) Object.assign(this, { next: found.next, searched: found.searched });
    this.#notice();
    this.#show();
    if (this.search && !this.entries.length && this.next) await this.older();
  }

  async older() {
    const turn = ++this.turn;
    this.digging = true;
    try {
      await this.#dig(turn);
    } finally {
      if (turn === this.turn) this.digging = false;
    }
    if (!this.missed || this.digging) return;
    this.missed = false;
    await this.refresh();
  }

  async #dig(turn) {
    let found;
    let stretches = 0;
    do {
      found = await this.#read(this.next, PAGE);
      if (turn !== this.turn) return;
      const known = new Set(this.entries.map(keyOf));
      this.entries.push(...found.entries.filter((entry) => !known.has(keyOf(entry))));
      Object.assign(this, { next: found.next, searched: found.searched, dug: true });
      this.#show();
    } while (!found.entries.length && found.next && ++stretches < STRETCHES);
  }

  opened(conversation) {
    this.unread.delete(conversation);
    this.#draw();
  }

  // What was read before from further down stays.
  #isBelow(entry, { entries, searched }) {
    if (this.search) return searched !== null && entry.time <= searched;
    return entry.last.position < (entries.at(-1)?.last.position ?? 0);
  }

  async #read(before, limit) {
    const account = this.page.account;
    if (!this.search) {
      const found = await account.conversations({ family: this.page.family, before, limit });
      return { entries: found.conversations, next: found.next };
    }
    const found = await account.search({ ...this.search, family: this.page.family, before, limit });
    return { entries: found.messages, next: found.next, searched: found.searched };
  }

  // Marks what is new since the last look, and says it to those who do not see it.
  #notice() {
    if (this.search) return;
    const newest = Math.max(0, ...this.entries.map((entry) => entry.last.position));
    const fresh = this.newest === null ? [] : this.entries.filter((entry) => entry.last.position > this.newest);
    this.newest = newest;
    for (const entry of fresh) if (entry.id !== this.page.route.conversation) this.unread.add(entry.id);
    if (fresh.length === 1) {
      const { from, to, text } = fresh[0].last;
      announce(`New message from ${from} to ${to}: ${text ?? "picture"}`);
    } else if (fresh.length) announce(`New messages in ${fresh.length} conversations`);
  }

  #draw() {
    const open = this.page.route.conversation;
    const entries = this.entries.map((entry) => {
      const current = !this.search && entry.id === open;
      return { key: keyOf(entry), value: { entry, current, unread: this.unread.has(entry.id) } };
    });
    sync(find("items"), entries, (value) => (this.search ? this.#result(value) : conversationItem(value)));
    document.title = (this.unread.size ? `(${this.unread.size}) ` : "") + "Messaging sandbox";
  }

  #show() {
    const { searched } = this;
    this.#draw();
    find("older").hidden = this.next === null;
    find("older").textContent = this.search ? "Look further back" : "Older";
    const note = find("list-note");
    note.hidden = this.entries.length > 0 && !searched;
    if (this.search) {
      const depth = searched ? ` back to ${brief(searched)}` : "";
      note.textContent = this.entries.length ? `Looked${depth}.` : `Nothing found${depth}.`;
    } else note.textContent = "Nothing yet. What your code sends appears here by itself.";
  }

  #result({ entry }) {
    const href = messageLink(entry);
    return make("li", {},
      make("a", { class: "item", href, "data-conversation": entry.conversation },
        make("span", { class: "first" },
          make("strong", {}, entry.direction === "INBOUND" ? `from ${entry.from}` : `to ${entry.to}`),
          make("time", {}, brief(entry.time))),
        make("span", { class: "second" }, make("span", { class: "excerpt" }, ...marked(entry, this.search.text))),
        make("span", { class: "third" }, familyBadge(entry.family), statusText(entry))));
  }
}

export function messageLink(entry) {
  return `#/c/${entry.conversation}/m/${encodeURIComponent(entry.message_id)}`;
}

export function statusText({ status, error_code: code }) {
  return make("span", { class: "status", "data-tone": tone(status, code) }, code ? `${status} ${code}` : status);
}

function keyOf(entry) {
  return entry.last ? `c${entry.id}` : `m${entry.position}`;
}

function conversationItem({ entry, current, unread }) {
  const { last } = entry;
  const said = last.text ?? (last.media.length ? "Picture" : "");
  return make("li", {},
    make("a", {
      class: unread ? "item unread" : "item", href: `#/c/${entry.id}`, "data-conversation": entry.id,
      "aria-current": current ? "true" : null,
    },
    make("span", { class: "first" }, make("strong", {}, entry.phone), make("time", {}, brief(last.time))),
    make("span", { class: "second" },
      make("span", { class: "excerpt" }, last.direction === "INBOUND" ? `↩ ${said}` : said),
      unread && make("span", { class: "dot" }, make("span", { class: "unseen" }, "new"))),
    make("span", { class: "third" },
      familyBadge(entry.family), make("span", { class: "muted owner" }, `with ${entry.owner}`), statusText(last))));
}

function marked(entry, wanted) {
  const text = entry.text ?? (entry.media.length ? "Picture" : "");
  const start = wanted ? text.toLowerCase().indexOf(wanted.toLowerCase()) : -1;
  if (start < 0) return [text];
  // What comes far before the match would push it out of the line.
  const from = Math.max(0, start - 24);
  const end = start + wanted.length;
  return [from ? "…" : "", text.slice(from, start), make("mark", {}, text.slice(start, end)), text.slice(end)];
}
