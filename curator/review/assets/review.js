// The page of a review: one removal at a time, and what is said of it sent to the server it came from.

const WORDS = { right: "right", wrong: "wrong", skip: "skipped", "": "not marked" };
const KEYS = { r: "right", w: "wrong", s: "skip", u: "undo" };
const facets = [
  ["rule", "Rule", (item) => ruleOf(item.rule).id],
  ["site", "Site", (item) => item.site],
  ["language", "Language", (item) => item.language],
];
const LISTS = [["", "not marked yet"], ["skip", "skipped"], ["wrong", "marked wrong"], ["right", "marked right"]];

const review = {
  queue: [], // fixed when a filter is chosen, so that nothing moves under the hand
  at: 0,
  past: [], // what undo takes back: the removal, and what was said of it before
  busy: false,
  get item() { return this.queue[this.at]; },
};

// --- what stands on the page ---------------------------------------------------------------------------------------

const counts = h("p", { class: "found" });
const bar = h("progress", { max: data.items.length, value: 0, "aria-label": "marked" });
const live = h("p", { class: "unseen", role: "status" });
const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
const card = h("article", { id: "card", "aria-labelledby": "card-title", tabindex: "-1" });
const note = h("input", { type: "text", id: "note", maxlength: "500", autocomplete: "off" });
const noteLabel = h("label", { class: "note" }, "Note; it stands in what is exported", note);
const shortcuts = h("input", { type: "checkbox", id: "shortcuts", checked: true });
const selects = {};
const chosen = h("span", { class: "soft" });

function action(name, title, key) {
  return h("button", { type: "button", class: `mark say-${name}`, id: `mark-${name}`, "aria-keyshortcuts": key, onclick: () => act(name) }, title, h("kbd", { "aria-hidden": "true" }, key));
}

const actions = h("div", { class: "actions", role: "group", "aria-label": "This removal is" },
  action("right", "Right", "r"), action("wrong", "Wrong", "w"), action("skip", "Skip", "s"), action("undo", "Undo", "u"));

function filters() {
  const pickers = facets.map(([name, title, value]) => {
    const found = new Map();
    for (const item of data.items) found.set(value(item), (found.get(value(item)) || 0) + 1);
    const options = [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    selects[name] = h("select", { id: `filter-${name}`, onchange: choose },
      h("option", { value: "" }, "all"), options.map(([option, count]) => h("option", { value: "=" + option }, `${option} (${count})`)));
    return h("label", {}, title, selects[name]);
  });
  selects.list = h("select", { id: "filter-list", onchange: choose }, LISTS.map(([value, title]) => h("option", { value }, title)));
  return h("details", { class: "filters" }, h("summary", {}, "Filter", chosen),
    h("form", { "aria-label": "Filter", onsubmit: (event) => event.preventDefault() }, h("label", {}, "Show", selects.list), pickers,
      h("div", {}, h("button", { type: "button", class: "plain", onclick: clear }, "Clear filters"))));
}

function clear() {
  for (const select of Object.values(selects)) select.value = "";
  choose();
}

function choose() {
  review.queue = data.items.filter((item) => item.mark === selects.list.value
    && facets.every(([name, , value]) => !selects[name].value || value(item) === selects[name].value.slice(1)));
  review.at = 0;
  const said = facets.map(([name]) => selects[name].value.slice(1)).filter(Boolean);
  if (selects.list.value) said.unshift(LISTS.find(([value]) => value === selects.list.value)[1]);
  chosen.textContent = said.length ? `: ${said.join(", ")}` : "";
  draw();
  live.textContent = review.item ? `${review.queue.length} removals. ${spoken()}` : "No removal is left here.";
}

// --- one removal ---------------------------------------------------------------------------------------------------

function context(pieces) {
  return pieces.map(([text, place]) => (place === undefined ? text : removed(text, place)));
}

function taken(item) {
  const { id } = ruleOf(item.rule);
  const lines = item.parts;
  if (item.element || lines.length < 2) {
    const [, lead, text, tail] = /^(\s*)([^]*?)(\s*)$/.exec(item.text);
    return [lead, h("del", { class: "here" }, h("span", { class: "unseen" }, `removed by ${id}: `), text || "(no text)"), tail];
  }
  return h("fieldset", { class: "lines" },
    h("legend", {}, `${lines.length} lines went together. If only some of them are content, tick those, then Wrong.`),
    lines.map((line, place) => h("label", {},
      h("input", { type: "checkbox", name: "line", value: place, checked: item.lines.includes(place) }), h("del", { class: "here" }, line))));
}

function about(item) {
  const facts = [["document", item.title], ["id", item.id], ["address", item.url], ["became of it", item.became], ["action", item.action],
    ["also taken by", item.also.join(", ")], ["why", item.why]].filter(([, value]) => value);
  return h("details", { class: "table" }, h("summary", {}, "About this document and removal"), factList(facts));
}

function view(item) {
  const rule = ruleOf(item.rule);
  const said = item.mark ? h("span", { class: `badge ${item.mark}` }, WORDS[item.mark]) : null;
  return [
    h("header", {}, h("h2", { id: "card-title", class: "rule" }, rule.id), said,
      h("p", { class: "soft" }, [rule.title, item.site, item.language].filter(Boolean).join(" · "))),
    item.element ? h("p", { class: "small" }, "An element pruned from the page, before there was a text: ", h("code", {}, `<${item.element}>`)) : null,
    h("div", { class: "text", dir: "auto", lang: item.language === "und" || item.language === "not known" ? null : item.language },
      context(item.before), taken(item), context(item.after)),
    item.cut ? h("p", { class: "small soft" }, `${number.format(item.cut)} further characters of it are not shown.`) : null,
    about(item),
  ];
}

function finished() {
  const left = data.items.filter((item) => !item.mark).length;
  return [h("h2", { id: "card-title" }, left ? "No removal is left here" : "All removals are marked"),
    h("p", {}, left ? `${number.format(left)} others are not marked yet: clear the filters.` : "Skipped ones come again under Filter."),
    h("p", {}, "What was marked stands in ", h("code", {}, data.file), ". ",
      h("code", {}, "curator review … --export FOLDER"), " makes labelled examples and proposals for rule files of it.")];
}

function spoken() {
  const { item } = review;
  return `${ruleOf(item.rule).id}: ${item.text.trim().slice(0, 200) || item.element}`;
}

function draw() {
  const tally = { right: 0, wrong: 0, skip: 0 };
  for (const item of data.items) if (item.mark) tally[item.mark] += 1;
  counts.textContent = `${number.format(tally.right + tally.wrong)} of ${number.format(data.items.length)} marked: `
    + `${number.format(tally.right)} right, ${number.format(tally.wrong)} wrong` + (tally.skip ? `, ${number.format(tally.skip)} skipped` : "");
  bar.value = tally.right + tally.wrong;
  const { item } = review;
  card.replaceChildren(...(item ? view(item) : finished()).filter(Boolean));
  note.value = item ? item.note : "";
  noteLabel.hidden = !item;
  for (const name of ["right", "wrong", "skip"]) document.getElementById(`mark-${name}`).disabled = !item;
  document.getElementById("mark-undo").disabled = !review.past.length;
  if (card.getBoundingClientRect().top < 0) card.scrollIntoView({ behavior: "instant" });
  card.querySelector("del.here")?.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// --- what is said --------------------------------------------------------------------------------------------------

async function send(item, said) {
  const answer = await fetch("mark", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ key: item.key, ...said, mark: said.mark || "none" }) });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || answer.statusText);
}

async function act(name) {
  if (review.busy || (name === "undo" ? !review.past.length : !review.item)) return;
  review.busy = true;
  try {
    await (name === "undo" ? takeBack() : say(name));
    trouble.hidden = true;
  } catch (error) {
    trouble.textContent = `This was not noted: ${error.message}. Does curator review still run?`;
    trouble.hidden = false;
  } finally {
    review.busy = false;
  }
}

async function say(mark) {
  const { item } = review;
  const before = { mark: item.mark, lines: item.lines, note: item.note };
  const ticked = [...card.querySelectorAll("input[name=line]:checked")].map((box) => Number(box.value));
  const kept = mark === "skip" && item.mark; // skipping takes back nothing that was said
  if (!kept) {
    const said = { mark, lines: mark === "wrong" ? ticked : [], note: note.value.trim() };
    await send(item, said);
    Object.assign(item, said);
  }
  review.past.push({ item, before });
  review.at += 1;
  draw();
  live.textContent = `${kept ? "Left as it was" : `Marked ${WORDS[mark]}`}. ${review.item ? `Next, ${spoken()}` : "No removal is left here."}`;
}

async function takeBack() {
  const { item, before } = review.past.at(-1);
  await send(item, before);
  Object.assign(item, before);
  review.past.pop();
  if (review.queue[review.at - 1] === item) review.at -= 1;
  else review.queue.splice(review.at, 0, item);
  draw();
  live.textContent = `Taken back: ${WORDS[before.mark]}. ${spoken()}`;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !shortcuts.checked) return;
  if (event.target.matches?.("select, textarea, input:not([type=checkbox])")) return;
  const boxes = card.querySelectorAll("input[name=line]");
  const name = KEYS[event.key.toLowerCase()];
  if (name) act(name);
  else if (/^[1-9]$/.test(event.key) && boxes[event.key - 1]) boxes[event.key - 1].click();
  else return;
  event.preventDefault();
});

header.append(h("p", { class: "soft" }, data.lede));
main.append(h("section", { class: "review", "aria-label": "Review" }, counts, bar, filters(), card, noteLabel, trouble,
  h("p", { class: "small" }, h("label", { class: "choice" }, shortcuts, "Keys: r right, w wrong, s skip, u undo, 1 to 9 tick a line")), live, actions));
choose();
live.textContent = "";
