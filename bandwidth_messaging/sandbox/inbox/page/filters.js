// The form with every filter of the API; it writes into the search field, where the same can be typed.

import { find, make } from "./dom.js";

export class Filters {
  constructor(page, query) {
    this.page = page;
    this.query = query;
    this.form = find("filters");
    this.toggle = find("filters-toggle");
    for (const filter of [{ name: "text", description: "A part of the text.", type: "string", values: [] }, ...query.filters]) {
      this.form.append(field(filter));
    }
    this.toggle.addEventListener("click", () => (this.form.hidden ? this.open() : this.close()));
    this.form.addEventListener("input", () => this.#write());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
      this.toggle.focus();
    });
  }

  open() {
    const given = this.query.parse(find("query").value);
    for (const input of this.form.elements) input.value = given[input.name] ?? "";
    this.form.hidden = false;
    this.toggle.setAttribute("aria-expanded", "true");
    this.form.elements[0].focus();
  }

  close() {
    this.form.hidden = true;
    this.toggle.setAttribute("aria-expanded", "false");
  }

  #write() {
    find("query").value = this.query.write(Object.fromEntries(new FormData(this.form)));
    this.page.look();
  }
}

function field({ name, description, type, values }) {
  const id = `filter-${name}`;
  const choices = type === "boolean" ? ["true", "false"] : values;
  const input = choices.length
    ? make("select", { id, name }, make("option", { value: "" }, "any"), ...choices.map((each) => make("option", {}, each)))
    : make("input", { id, name, type: type === "integer" ? "number" : "text", min: 0, autocomplete: "off" });
  return make("div", {}, make("label", { for: id, title: description }, name), input);
}
