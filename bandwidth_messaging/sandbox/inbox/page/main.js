// The page: which account, which conversation, which message; and what changes while one looks at it.

import { Account, accounts, filters } from "./api.js";
import { Detail } from "./detail.js";
import { Clear, Compose, Faults } from "./dialogs.js";
import { announce, clock, day, find, make } from "./dom.js";
import { Filters } from "./filters.js";
import { listen } from "./keys.js";
import { List } from "./list.js";
import { Query } from "./query.js";
import { Thread } from "./thread.js";

const REFRESH_MS = 150;
const TYPING_MS = 200;
const HIDDEN_MS = 5000;
const THEMES = ["system", "light", "dark"];

class Page {
  constructor() {
    this.account = null;
    this.route = { conversation: null, message: null };
    this.list = new List(this);
    this.thread = new Thread(this);
    this.detail = new Detail(this);
    this.compose = new Compose(this);
    this.faults = new Faults(this);
    this.clear = new Clear(this);
    this.refreshing = null;
    this.typing = null;
    this.stream = null;
    this.polling = null;
    this.database = null;
    this.forgotten = null;
  }

  async start() {
    this.#showTheme();
    this.query = new Query(await filters());
    this.filters = new Filters(this, this.query);
    await this.#readAccounts();
    this.#watch();
    document.addEventListener("visibilitychange", () => this.#watch());
    find("account").addEventListener("change", () => this.#switchAccount());
    find("account").addEventListener("focus", () => this.attempt(this.#readAccounts()));
    find("family").addEventListener("change", () => this.attempt(this.list.reset(this.list.search), "list-note"));
    find("query").addEventListener("input", () => this.look());
    find("search").addEventListener("submit", (event) => event.preventDefault());
    find("compose-open").addEventListener("click", () => this.compose.open());
    find("faults-open").addEventListener("click", () => this.attempt(this.faults.open()));
    find("clear-open").addEventListener("click", () => this.clear.open());
    find("help-open").addEventListener("click", () => find("help").showModal());
    find("theme").addEventListener("click", () => this.nextTheme());
    for (const button of document.querySelectorAll("[data-advance]")) {
      button.addEventListener("click", () => this.attempt(this.#advance(Number(button.dataset.advance))));
    }
    window.addEventListener("hashchange", () => this.attempt(this.#go(true)));
    listen(this);
    await this.list.reset(null);
    await this.#go(false);
  }

  get family() {
    return find("family").value;
  }

  // Runs what may fail, and says so where it is seen.
  async attempt(work, note = "problem") {
    try {
      await work;
      find("problem").hidden = true;
    } catch (error) {
      if (note !== "problem") announce(error.message);
      find(note).textContent = error.message;
      find(note).hidden = false;
    }
  }

  look() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      const wanted = this.query.parse(find("query").value);
      this.attempt(this.list.reset(Object.keys(wanted).length ? wanted : null), "list-note");
    }, TYPING_MS);
  }

  focusList(conversation = this.route.conversation) {
    const items = find("items");
    const item = items.querySelector(`a[data-conversation="${conversation}"]`) ?? items.querySelector("a");
    (item ?? find("query")).focus();
  }

  nextTheme() {
    const next = THEMES[(THEMES.indexOf(this.#theme()) + 1) % THEMES.length];
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem("theme", next);
    } catch {
      // It lasts as long as the page, then.
    }
    this.#showTheme();
    announce(`Theme: ${next}`);
  }

  #theme() {
    return document.documentElement.dataset.theme ?? "system";
  }

  #showTheme() {
    find("theme").textContent = `Theme: ${this.#theme()}`;
  }

  // Opens what the address names. Focus follows, as it would to a new page.
  async #go(moveFocus) {
    const [, conversation, message] = /^#\/c\/([0-9]+)(?:\/m\/(.+))?$/.exec(location.hash) ?? [];
    const before = this.route;
    this.route = {
      conversation: conversation ? Number(conversation) : null, message: message ? decodeURIComponent(message) : null,
    };
    document.body.dataset.pane = message ? "detail" : conversation ? "thread" : "list";
    if (!conversation) this.thread.close();
    else if (this.thread.conversation?.id !== this.route.conversation) await this.thread.open(this.route.conversation);
    else await this.thread.refresh();
    this.list.opened(this.route.conversation);
    if (this.route.message) await this.detail.open(this.route.message);
    else this.detail.close();
    if (!moveFocus) return;
    if (this.route.message) find("detail-heading").focus();
    else if (conversation) this.thread.focusMessage(before.message);
    else this.focusList(before.conversation);
  }

  async #readAccounts() {
    await this.#readClock();
    const select = find("account");
    const chosen = this.account?.id ?? this.known[0].account_id;
    const options = this.known.map(({ account_id: id }) => make("option", { value: id }, `Account ${id}`));
    select.replaceChildren(...options);
    select.value = chosen;
    select.hidden = options.length === 1;
    if (!this.account) this.account = new Account(chosen);
    this.#showClock();
  }

  async #readClock() {
    this.known = await accounts();
    if (this.account) this.#showClock();
  }

  async #switchAccount() {
    this.account = new Account(find("account").value);
    location.hash = "#/";
    this.#watch();
    this.#showClock();
    await this.attempt(this.list.reset(this.list.search), "list-note");
  }

  #showClock() {
    const current = this.known.find(({ account_id: id }) => id === this.account.id);
    find("clock").hidden = current?.pace !== "stepped";
    if (current) find("clock-time").textContent = `Clock ${day(current.time)} ${clock(current.time)}`;
  }

  async #advance(seconds) {
    await this.account.advance(seconds);
    await this.#refresh();
  }

  // A browser keeps six connections to a site open, for all of its tabs: those that nobody sees ask from time to time.
  #watch() {
    clearInterval(this.polling);
    this.stream?.close();
    this.stream = null;
    if (document.hidden) this.polling = setInterval(() => this.#refreshSoon(), HIDDEN_MS);
    else this.#connect();
  }

  #connect() {
    this.stream?.close();
    const stream = this.account.events();
    const state = (name, text) => {
      find("connection").dataset.state = name;
      find("connection").textContent = text;
    };
    // After a break, whatever happened meanwhile is read.
    stream.addEventListener("ready", ({ data }) => {
      const [database, forgotten] = JSON.parse(data);
      if (this.database !== null && this.database !== database) return this.#startAnew();
      const same = this.forgotten === forgotten;
      Object.assign(this, { database, forgotten });
      state("live", "Live");
      if (same) this.#refreshSoon();
      else this.attempt(this.#reread());
    });
    stream.addEventListener("message", ({ data }) => {
      const kinds = new Set(JSON.parse(data).map(({ kind }) => kind));
      // What was open is gone.
      if (kinds.has("cleared")) {
        this.list.forget();
        location.hash = "#/";
      }
      if (kinds.has("pruned") || kinds.has("reload")) this.attempt(this.#reread());
      else this.#refreshSoon();
    });
    stream.addEventListener("error", () => {
      state("lost", "Reconnecting");
      // Some answers, a refusal among them, make the browser give up.
      if (stream.readyState === EventSource.CLOSED && stream === this.stream) setTimeout(() => this.#watch(), 2000);
    });
    this.stream = stream;
  }

  // Many events in a row make one look.
  #refreshSoon() {
    this.refreshing ??= setTimeout(() => {
      this.refreshing = null;
      this.attempt(this.#refresh());
    }, REFRESH_MS);
  }

  async #refresh() {
    await all([this.list.refresh(), this.thread.refresh(), ...this.#others()]);
  }

  // Reads everything that is shown, as if nothing was known of it.
  async #reread() {
    await all([this.list.reread(), this.thread.reread(), ...this.#others()]);
  }

  #others() {
    const clock = find("clock").hidden ? [] : [this.#readClock()];
    return [this.detail.refresh(), this.faults.refresh(), ...clock];
  }

  // The sandbox was started again without what it had: the numbers of conversations mean others now.
  #startAnew() {
    history.replaceState(null, "", location.pathname);
    location.reload();
  }
}

// One that fails does not keep the others from being done.
async function all(works) {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
}

const page = new Page();
page.attempt(page.start());
