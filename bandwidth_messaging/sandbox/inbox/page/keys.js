// The keyboard: single keys where nothing is being typed, and Esc everywhere.

import { find } from "./dom.js";

const TYPING = "input, textarea, select";

export function listen(page) {
  const actions = {
    "/": () => find("query").focus(),
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    r: () => page.thread.conversation && find("reply-text").focus(),
    c: () => page.thread.copyCode(),
    n: () => page.compose.open(),
    f: () => page.attempt(page.faults.open()),
    t: () => page.nextTheme(),
    "?": () => find("help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      event.preventDefault();
      back(page);
    } else if (event.target.matches("#query") && ["Enter", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      find("items").querySelector("a")?.focus();
    } else if (!isTyping(event.target) && Object.hasOwn(actions, event.key) && !scrolls(event)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
}

// For a moment, focus stays in the field of a dialog that has just been closed.
function isTyping(target) {
  return target.matches(TYPING) && target.checkVisibility();
}

// The arrows scroll where something scrollable is in focus.
function scrolls({ key, target }) {
  return key.startsWith("Arrow") && (target.matches("pre, #detail-body") || target.closest("#detail") !== null);
}

function step(by) {
  const inThread = find("thread").contains(document.activeElement);
  const links = [...find(inThread ? "messages" : "items").querySelectorAll(inThread ? "a.open" : "a.item")];
  const at = links.indexOf(document.activeElement);
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  const from = at >= 0 ? at : current;
  const to = from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + by));
  links[to]?.focus();
}

function back(page) {
  const target = document.activeElement;
  if (target.matches("#query")) {
    target.value = "";
    page.look();
    page.focusList();
  } else if (target.matches("#reply-text")) page.thread.focusMessage(null);
  else if (page.route.message) location.hash = `#/c/${page.route.conversation}`;
  else if (page.route.conversation) location.hash = "#/";
  else if (find("query").value) {
    find("query").value = "";
    page.look();
  } else target.blur();
}
