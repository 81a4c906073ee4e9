// What is typed into the search field: words of the text, and filters as name:value.

const ALIASES = {
  id: "messageId", from: "sourceTn", to: "destinationTn", direction: "messageDirection", type: "messageType",
  error: "errorCode", since: "fromDateTime", until: "toDateTime", carrier: "carrierName",
};
const OWN = [
  { name: "tag", description: "The application's own tag.", type: "string", values: [] },
  { name: "status", description: "The status, in the words of any family.", type: "string", values: [] },
];
const WORD = /([A-Za-z0-9]+):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)/g;

export class Query {
  constructor(filters) {
    this.filters = [...OWN, ...filters.filter(({ name }) => name !== "messageStatus")];
    this.names = new Map(this.filters.map((filter) => [filter.name.toLowerCase(), filter]));
  }

  parse(typed) {
    const found = {};
    const words = [];
    for (const [whole, name, quoted, plain, phrase, word] of typed.matchAll(WORD)) {
      const filter = name && this.names.get((ALIASES[name.toLowerCase()] ?? name).toLowerCase());
      if (filter) found[filter.name] = known(filter, quoted ?? plain);
      else words.push(phrase ?? word ?? whole);
    }
    if (words.length) found.text = words.join(" ");
    return found;
  }

  write(values) {
    const words = Object.entries(values).filter(([, value]) => value !== "").map(([name, value]) => {
      const written = /[\s"]/.test(value) || (name === "text" && value.includes(":")) ? `"${value}"` : value;
      if (name === "text") return written;
      const short = Object.keys(ALIASES).find((alias) => ALIASES[alias] === name) ?? name;
      return `${short}:${written}`;
    });
    return words.join(" ");
  }
}

function known(filter, value) {
  return filter.values.find((each) => each.toLowerCase() === value.toLowerCase()) ?? value;
}
