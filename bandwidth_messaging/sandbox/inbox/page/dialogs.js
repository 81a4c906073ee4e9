// The dialogs: a new message from a phone, faults, and forgetting everything.

import { announce, find, make, sync } from "./dom.js";

export class Compose {
  constructor(page) {
    this.page = page;
    this.dialog = prepared("compose", () => this.#send());
  }

  open() {
    const conversation = this.page.thread.conversation;
    if (conversation) {
      find("compose-from").value = conversation.phone;
      find("compose-to").value = conversation.owner;
    }
    show(this.dialog);
  }

  async #send() {
    await this.page.account.receive({
      from: find("compose-from").value.trim(),
      to: find("compose-to").value.split(",").map((each) => each.trim()).filter(Boolean),
      text: find("compose-text").value || null,
      media: find("compose-media").value.split("\n").map((each) => each.trim()).filter(Boolean),
      family: find("compose-family").value || null,
    });
    find("compose-text").value = find("compose-media").value = "";
    this.dialog.close();
  }
}

export class Clear {
  constructor(page) {
    this.page = page;
    this.dialog = prepared("clear", () => this.#clear());
  }

  open() {
    show(this.dialog);
  }

  async #clear() {
    await this.page.account.clear();
    this.dialog.close();
    announce("Everything is forgotten");
  }
}

export class Faults {
  constructor(page) {
    this.page = page;
    this.dialog = prepared("faults", () => this.#add());
  }

  async open() {
    show(this.dialog);
    await this.refresh();
  }

  async refresh() {
    if (!this.dialog.open) return;
    const faults = await this.page.account.faults();
    const entries = faults.map((fault) => ({ key: String(fault.fault_id), value: fault }));
    sync(find("fault-list"), entries, (fault) => this.#item(fault));
    find("fault-list-heading").textContent = faults.length ? "Faults that are set" : "No faults are set";
  }

  async #add() {
    const effect = find("fault-effect").value;
    const seconds = Number(find("fault-seconds").value);
    const amount = Number(find("fault-amount").value);
    const share = find("fault-scope").value === "percentage";
    const fault = {
      count: share ? null : amount, percentage: share ? amount : null, status: Number.parseInt(effect, 10) || null,
      retry_after: effect === "429" || effect === "503-retry" ? Math.round(seconds) : null,
      delay: effect === "delay" ? seconds : null, reset: effect === "reset", truncate: effect === "truncate",
      garbage: effect === "502-garbage",
      // Only an answer that there is can be cut off.
      after: find("fault-after").checked || effect === "truncate", operation: null, to: find("fault-to").value.trim() || null,
    };
    await this.page.account.addFault(fault);
    announce("The fault is set");
    await this.refresh();
  }

  #item(fault) {
    const remove = async () => {
      await this.page.account.removeFault(fault.fault_id);
      announce("The fault is removed");
      await this.refresh();
    };
    const words = described(fault);
    return make("li", {}, make("span", {}, words), make("span", { class: "muted" }, `hit ${fault.hits} times`),
      make("button", { type: "button", onclick: remove, "aria-label": `Remove: ${words}` }, "Remove"));
  }
}

function described(fault) {
  const which = fault.percentage ? `${fault.percentage} % of requests` : fault.count ? `next ${fault.count}` : "all requests";
  const effects = [
    fault.status && `status ${fault.status}`,
    fault.retry_after !== null && fault.retry_after !== undefined && `Retry-After ${fault.retry_after} s`,
    fault.delay && `delay ${fault.delay} s`,
    fault.reset && "connection reset",
    fault.truncate && "answer cut off",
    fault.garbage && "an HTML page instead of JSON",
    fault.after && "after accepting",
    fault.operation && `only ${fault.operation}`,
    fault.to && `only to ${fault.to}`,
  ];
  return `${which}: ${effects.filter(Boolean).join(", ")}`;
}

function prepared(id, submit) {
  const dialog = find(id);
  const error = dialog.querySelector(".error");
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      await submit();
    } catch (failure) {
      error.textContent = failure.message;
    }
  });
  return dialog;
}

function show(dialog) {
  dialog.querySelector(".error").textContent = "";
  dialog.showModal();
}
