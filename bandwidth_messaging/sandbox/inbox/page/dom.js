// Making and keeping nodes. Whatever comes from a message becomes a text node or an attribute, never markup.

export const find = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

// Makes the children of a parent those of a list, and leaves alone what has not changed, so that focus stays put.
export function sync(parent, entries, build) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const focusedKey = focused?.closest("[data-key]")?.dataset.key;
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const { key, value } of entries) {
    const state = JSON.stringify(value);
    let node = old.get(key);
    old.delete(key);
    if (!node || node.synced !== state) {
      const fresh = build(value);
      fresh.dataset.key = key;
      fresh.synced = state;
      if (node) {
        if (node === place) place = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
  if (focused && document.activeElement !== focused) {
    const again = [...parent.children].find((node) => node.dataset.key === focusedKey);
    again?.querySelector(focused.tagName.toLowerCase())?.focus({ preventScroll: true });
  }
}

export function announce(text) {
  find("announcer").textContent = text;
}

export function copyButton(label, text) {
  const button = make("button", { type: "button", class: "copy", onclick: () => copy(text, button) }, label);
  return button;
}

export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS, a page of another machine has no clipboard of its own.
    const area = make("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button?.focus();
  }
  announce(`Copied ${text.length > 40 ? "to the clipboard" : text}`);
  if (!button) return;
  button.dataset.copied = "";
  setTimeout(() => delete button.dataset.copied, 1500);
}

const FAMILY_NAMES = { v2: "V2", classic: "Classic", messagemedia: "MessageMedia" };

export function familyBadge(family) {
  return make("span", { class: "badge", "data-family": family }, FAMILY_NAMES[family] ?? family);
}

const GOOD = /^(delivered|accepted|read|received)$/i;
const BAD = /fail|reject|undeliver|expired|cancel|blocked/i;

export function tone(status, errorCode) {
  if (errorCode || BAD.test(status)) return "bad";
  return GOOD.test(status) ? "good" : "going";
}

const hour = { hour: "2-digit", minute: "2-digit", hour12: false };

export const day = (time) => new Date(time).toLocaleDateString(undefined, { dateStyle: "medium" });
export const clock = (time) => new Date(time).toLocaleTimeString(undefined, hour);
export const exact = (time) => new Date(time).toISOString().replace("T", " ").replace("Z", " UTC");

export function brief(time) {
  const today = new Date();
  const then = new Date(time);
  if (then.toDateString() === today.toDateString()) return clock(time);
  const year = then.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString(undefined, { day: "numeric", month: "short", year });
}
