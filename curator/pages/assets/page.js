"use strict";
// What every page is drawn with: elements, facts, removed spans. Text of documents only ever becomes a text node.

const data = JSON.parse(document.getElementById("data").textContent);
const number = new Intl.NumberFormat("en");
const main = document.getElementById("main");
const header = document.getElementById("header");

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function factList(facts) {
  return h("dl", { class: "facts" }, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
}

function ruleOf(place) {
  return data.rules[place];
}

function removed(text, place, why) {
  const rule = ruleOf(place);
  const about = [rule.id, rule.title, why].filter(Boolean).join(" · ");
  return h("del", { tabindex: "0", title: about, "data-rule": rule.id, "data-about": about },
    h("span", { class: "unseen" }, `removed by ${rule.id}: `), text);
}

function language(item) {
  return item.language && item.language !== "und" ? item.language : null;
}

// The rule of a span: at the foot of the window, for a pointer, a finger and the keyboard alike.
const said = document.getElementById("said");
function tell(event) {
  const about = event.target.closest?.("del[data-about]")?.dataset.about;
  said.hidden = !about;
  if (about) said.textContent = about;
}
for (const kind of ["pointerover", "focusin", "click"]) document.addEventListener(kind, tell);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") said.hidden = true; });
