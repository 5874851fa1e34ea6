// The page about a build or an article, drawn from the JSON in it with what page.js has.

const PAGE = 50; // documents listed at a time
const SVG = "http://www.w3.org/2000/svg";

function drawing(width, height, rectangles, attributes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const [x, y, w, high, label] of rectangles) {
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x, y, width: w, height: high })) rect.setAttribute(name, value);
    if (label) rect.append(Object.assign(document.createElementNS(SVG, "title"), { textContent: label }));
    svg.append(rect);
  }
  return svg;
}

function cell(value) {
  return typeof value === "number"
    ? h("td", { class: "number" }, number.format(value))
    : h("td", {}, value ?? "");
}

function table(caption, heads, rows) {
  const named = heads.map((name, place) => h("th", { scope: "col", class: typeof (rows[0] || [])[place] === "number" ? "number" : null }, name));
  return h("table", {},
    caption ? h("caption", { class: "unseen" }, caption) : null,
    h("thead", {}, h("tr", {}, named)),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row[0]), row.slice(1).map(cell)))));
}

// --- figures -------------------------------------------------------------------------------------------------------

function line(value, most) {
  return drawing(100, 10, [[0, 0, value ? Math.max(0.5, 100 * value / most) : 0, 10]], { "aria-hidden": "true", class: "line" });
}

function bars(chart) {
  const most = Math.max(1, ...chart.rows.map((row) => row[1]));
  const rows = chart.rows.map(([label, value, more]) => h("tr", {},
    h("th", { scope: "row" }, chart.facet ? facetButton(chart.facet, label) : h("span", { class: chart.label === "rule" ? "rule" : null }, label), line(value, most)),
    h("td", { class: "number" }, number.format(value)),
    chart.more ? h("td", { class: "number soft" }, number.format(more)) : null));
  const heads = [chart.label, chart.unit, ...(chart.more ? [chart.more] : [])];
  return h("table", { class: "bars" },
    h("caption", { class: "unseen" }, chart.title),
    h("thead", {}, h("tr", {}, heads.map((name, place) => h("th", { scope: "col", class: place ? "number" : null }, name)))),
    h("tbody", {}, rows));
}

function columns(chart) {
  const most = Math.max(1, ...chart.rows.map((row) => row[1]));
  const wide = 100 / chart.rows.length;
  const rectangles = chart.rows.map(([label, value], place) =>
    [place * wide + wide * 0.08, 100 - 100 * value / most, wide * 0.84, 100 * value / most, `${label}: ${number.format(value)}`]);
  const top = chart.rows.reduce((best, row) => (row[1] > best[1] ? row : best));
  const label = `${chart.title}: ${chart.rows.length} columns from ${chart.rows[0][0]} to ${chart.rows.at(-1)[0]}, highest ${top[0]} with ${number.format(top[1])} ${chart.unit}`;
  return h("div", { class: "columns" },
    drawing(100, 100, rectangles, { role: "img", "aria-label": label }),
    h("div", { class: "axis", "aria-hidden": "true" }, h("span", {}, chart.rows[0][0]),
      h("span", {}, `highest: ${top[0]}, ${number.format(top[1])}`), h("span", {}, chart.rows.length > 1 ? chart.rows.at(-1)[0] : "")),
    h("details", { class: "table" }, h("summary", {}, `${chart.title} as a table`), table(chart.title, [chart.label, chart.unit], chart.rows)));
}

function figure(chart) {
  return h("figure", { id: `figure-${chart.id}` },
    h("figcaption", {}, chart.title, chart.note ? h("span", { class: "soft" }, ` · ${chart.note}`) : null),
    !chart.rows.length ? h("p", { class: "soft" }, "none") : chart.kind === "columns" ? columns(chart) : bars(chart));
}

// --- documents -----------------------------------------------------------------------------------------------------

const facets = [
  ["rule", "Rule", (item) => item.rules],
  ["site", "Site", (item) => [item.site || "not known"]],
  ["language", "Language", (item) => [item.language || "not known"]],
  ["reason", "Reason", (item) => [item.reason]],
];
let list = null; // the view of documents, where the page has one

function facetButton(facet, value) {
  const known = (data.documents || []).some((item) => facets.find(([name]) => name === facet)[2](item).includes(value));
  if (!known) return h("span", { class: facet === "rule" ? "rule" : null }, value);
  return h("button", { type: "button", class: facet === "rule" ? "rule" : null, title: `documents of the sample: ${value}`, onclick: () => list.choose(facet, value) }, value);
}

function inside(item) {
  const facts = [["id", item.id], ["address", item.url], ["site", item.site], ["language", item.language], ["published", item.published],
    ["became of it", item.detail ? `${item.reason}: ${item.detail}` : item.reason], ["origin", item.origin]].filter((fact) => fact[1]);
  return h("div", { class: "inside" },
    factList([...facts, ...(item.facts || [])]),
    item.pruned.length ? h("ul", { class: "pruned", "aria-label": "Elements pruned from the page" },
      item.pruned.map(([element, text, place]) => h("li", {}, h("code", {}, `<${element}> `), removed(text || "(no text)", place)))) : null,
    h("div", { class: "text", dir: "auto", lang: language(item) },
      item.pieces.map(([text, place, why]) => (place === undefined ? text : removed(text, place, why)))),
    item.cut ? h("p", { class: "small soft" }, `${number.format(item.cut)} further characters are not shown.`) : null);
}

function lazily(details, draw) {
  const filled = () => { if (details.open && !details.querySelector(":scope > .inside")) details.append(draw()); };
  details.addEventListener("toggle", filled);
  filled();
  return details;
}

function documentView(item, open) {
  const about = [item.site, item.language, item.published, item.reason, `${number.format(item.removed)} characters removed`].filter(Boolean).join(" · ");
  return lazily(h("details", { class: "item document", open },
    h("summary", {}, h("h3", { dir: "auto", lang: item.title ? language(item) : null }, item.title || item.id), h("span", { class: "small soft" }, about))),
  () => inside(item));
}

class Documents {
  constructor() {
    this.selects = {};
    this.shown = PAGE;
    this.found = h("p", { class: "found", role: "status" });
    this.rows = h("div", { class: "mode-marked", id: "documents-list" });
    this.more = h("button", { type: "button", class: "plain", onclick: () => this.showMore() });
    this.search = h("input", { type: "search", id: "filter-text", oninput: () => this.refresh() });
    const changed = () => this.refresh();
    const pickers = facets.map(([name, title, values]) => {
      const counts = new Map();
      for (const item of data.documents) for (const value of new Set(values(item))) counts.set(value, (counts.get(value) || 0) + 1);
      const options = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      this.selects[name] = h("select", { id: `filter-${name}`, onchange: changed },
        h("option", { value: "" }, "all"), options.map(([value, count]) => h("option", { value: "=" + value }, `${value} (${count})`)));
      return h("label", {}, title, this.selects[name]);
    });
    const mode = (name, title, first) => h("label", {}, h("input", { type: "radio", name: "mode", value: name, checked: first,
      onchange: () => { this.rows.className = this.rows.className.replace(/mode-\w+/, `mode-${name}`); } }), title);
    this.form = h("form", { role: "search", "aria-label": "Documents", onsubmit: (event) => event.preventDefault() },
      pickers, h("label", {}, "Words in the text or title", this.search),
      h("fieldset", {}, h("legend", {}, "Show"), mode("marked", "removals marked", true), mode("after", "after cleaning"), mode("before", "before cleaning"),
        h("label", {}, h("input", { type: "checkbox", id: "show-ids", onchange: (event) => this.rows.classList.toggle("ids", event.target.checked) }), "rule ids beside the spans")),
      h("div", {}, h("button", { type: "button", class: "plain", onclick: () => this.clear() }, "Clear filters")));
  }

  matching() {
    const words = this.search.value.trim().toLowerCase();
    return data.documents.filter((item) =>
      facets.every(([name, , values]) => !this.selects[name].value || values(item).includes(this.selects[name].value.slice(1)))
      && (!words || [item.title || "", item.id, ...item.pieces.map((piece) => piece[0])].some((text) => text.toLowerCase().includes(words))));
  }

  refresh() {
    this.shown = PAGE;
    this.draw();
  }

  draw() {
    const matching = this.matching();
    const shown = matching.slice(0, this.shown);
    this.found.textContent = `${number.format(matching.length)} of ${number.format(data.documents.length)} documents`;
    this.rows.replaceChildren(...shown.map((item, place) => documentView(item, place === 0)));
    this.more.hidden = shown.length === matching.length;
    this.more.textContent = `Show ${Math.min(PAGE, matching.length - shown.length)} more`;
  }

  showMore() {
    const before = this.shown;
    const next = this.matching().slice(before, before + PAGE);
    this.shown += PAGE;
    this.rows.append(...next.map((item) => documentView(item, false)));
    this.rows.children[before]?.querySelector("summary").focus();
    const left = this.matching().length - this.shown;
    this.more.hidden = left <= 0;
    this.more.textContent = `Show ${Math.min(PAGE, left)} more`;
  }

  clear() {
    for (const select of Object.values(this.selects)) select.value = "";
    this.search.value = "";
    this.refresh();
  }

  choose(facet, value) {
    this.clear();
    this.selects[facet].value = "=" + value;
    this.refresh();
    document.getElementById("documents").scrollIntoView();
    this.selects[facet].focus({ preventScroll: true });
  }
}

// --- sections ------------------------------------------------------------------------------------------------------

function funnel() {
  const most = Math.max(1, ...data.funnel.map((row) => row[1]));
  return h("table", { class: "bars" }, h("caption", { class: "unseen" }, "Documents by step"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "step"), h("th", { scope: "col", class: "number" }, "documents"))),
    h("tbody", {}, data.funnel.map(([step, count, remark]) => h("tr", {},
      h("th", { scope: "row" }, step, remark ? h("span", { class: "small soft" }, ` · ${remark}`) : null, line(count, most)),
      h("td", { class: "number" }, number.format(count))))));
}

function documents() {
  list = new Documents();
  const parts = [data.sampled ? h("p", {}, data.sampled) : null, list.form, list.found, list.rows, h("p", {}, list.more)];
  list.draw();
  return parts;
}

function oneDocument() {
  const [item] = data.documents;
  const view = h("div", { class: "mode-marked ids" }, inside(item));
  const choose = (name, title, first) => h("label", {}, h("input", { type: "radio", name: "mode", checked: first,
    onchange: () => { view.className = view.className.replace(/mode-\w+/, `mode-${name}`); } }), title);
  return [h("form", { "aria-label": "View" }, h("fieldset", {}, h("legend", {}, "Show"), choose("marked", "removals marked", true),
    choose("after", "after cleaning"), choose("before", "before cleaning"),
    h("label", {}, h("input", { type: "checkbox", id: "show-ids", checked: true, onchange: (event) => view.classList.toggle("ids", event.target.checked) }), "rule ids beside the spans"))), view];
}

function memberView(member, lang) {
  const about = [member.kind, `Jaccard ${member.jaccard}`, `containment ${member.containment}`, member.reason].filter(Boolean).join(" · ");
  return h("div", {}, h("p", { class: "small" }, h("strong", {}, member.id), h("br"), h("span", { class: "soft" }, about)),
    member.diff ? h("div", { class: "text", dir: "auto", lang }, member.diff.map(([sign, text]) =>
      (sign === "-" ? h("del", {}, text) : sign === "+" ? h("ins", {}, text) : text)))
      : h("p", { class: "small soft" }, member.missing));
}

function clusters() {
  return [h("p", { class: "soft" }, data.clusters.note), data.clusters.biggest.map((group, place) => lazily(h("details", { class: "item", open: place === 0 },
    h("summary", {}, h("h3", {}, group.title || group.representative), h("span", { class: "small soft" }, `${number.format(group.size)} documents · kept: ${group.reason}`))),
  () => h("div", { class: "inside" }, h("p", { class: "small" }, "kept: ", h("strong", {}, group.representative)),
    group.members.map((member) => memberView(member, group.language)),
    group.size - 1 > group.members.length ? h("p", { class: "small soft" }, `${number.format(group.size - 1 - group.members.length)} more are in clusters.parquet.`) : null)))];
}

function quarantine() {
  const { total, reasons, rows, note } = data.quarantine;
  if (!total) return [h("p", {}, "Every row that was read became a document.")];
  return [h("p", { class: "soft" }, note), table("Rows by reason", ["reason", "rows"], reasons),
    h("div", {}, rows.map((row) => lazily(h("details", { class: "item" }, h("summary", {}, h("h3", {}, row.id), h("span", { class: "small soft" }, `${row.status}: ${row.reason}`))),
      () => h("div", { class: "inside" }, h("p", { class: "small" }, row.detail || ""), h("p", { class: "small soft" }, row.origin || ""),
        row.text ? h("div", { class: "text", dir: "auto" }, row.text) : null))))];
}

const SECTIONS = [
  ["funnel", "Funnel", () => [funnel()]],
  ["figures", "Figures", () => [h("div", { class: "grid" }, data.figures.map(figure))]],
  ["removals", "Rules", () => [h("div", { class: "grid" }, data.removals.map(figure))]],
  ["documents", data.one ? "Text" : "Documents", () => (data.one ? oneDocument() : documents())],
  ["clusters", "Clusters", clusters],
  ["quarantine", "Quarantine", quarantine],
];

if (data.one) SECTIONS.reverse(); // who asks about one article wants to see it first
const present = SECTIONS.filter(([name]) => data[name] !== undefined);
if (data.lede) header.append(h("p", { class: "soft" }, data.lede));
if (data.facts) header.append(factList(data.facts));
if (present.length > 2) header.after(h("nav", { "aria-label": "Sections" }, h("ul", {}, present.map(([name, title]) => h("li", {}, h("a", { href: `#${name}` }, title))))));
for (const [name, title, draw] of present) {
  main.append(h("section", { id: name, "aria-labelledby": `${name}-title` }, h("h2", { id: `${name}-title` }, title), draw()));
}
