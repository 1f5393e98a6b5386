// Looking for words in the messages of a pane.
import { isNarrow } from "./scroll.js";

const MARKS = globalThis.CSS?.highlights ? { all: new Highlight(), one: new Highlight() } : null;
if (MARKS) {
  CSS.highlights.set("found", MARKS.all);
  CSS.highlights.set("found-now", MARKS.one);
}

export function startSearch(pane) {
  const find = (selector) => pane.root.querySelector(selector);
  const [bar, field, count] = [find(".search-bar"), find(".search-bar input"), find(".search-bar output")];
  let marks = [];
  let found = [];
  let at = -1;

  function look() {
    const word = field.value.trim().toLowerCase();
    found = word ? [...pane.list.children].map((item) => ranges(item, word)).filter((one) => one.length) : [];
  }

  function show() {
    marks.forEach((range) => { MARKS?.all.delete(range); MARKS?.one.delete(range); });
    pane.list.querySelectorAll(".found-now").forEach((item) => item.classList.remove("found-now"));
    marks = found.flat();
    marks.forEach((range) => MARKS?.all.add(range));
    found[at]?.forEach((range) => MARKS?.one.add(range));
    itemOf(found[at])?.classList.add("found-now");
    count.textContent = field.value.trim() ? (found.length ? `${at + 1}/${found.length}` : "没有") : "";
    find(".earlier").disabled = find(".later").disabled = found.length < 2;
  }

  function go(to) {
    at = found.length ? (to + found.length) % found.length : -1;
    show();
    itemOf(found[at])?.scrollIntoView({ block: "center" });
  }

  function open() {
    bar.hidden = false;
    find(".find").setAttribute("aria-expanded", "true");
    field.select();
    field.focus();
    look();
    go(found.length - 1);
  }

  function close() {
    bar.hidden = true;
    find(".find").setAttribute("aria-expanded", "false");
    [found, at] = [[], -1];
    show();
    (isNarrow() ? find(".find") : pane.input).focus();
  }

  find(".find").addEventListener("click", () => (bar.hidden ? open() : close()));
  find(".end").addEventListener("click", close);
  find(".earlier").addEventListener("click", () => go(at - 1));
  find(".later").addEventListener("click", () => go(at + 1));
  field.addEventListener("input", () => { look(); go(found.length - 1); });
  bar.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === field) go(at + (event.shiftKey ? 1 : -1));
    else return;
    event.preventDefault();
  });

  // The messages have changed: what was shown as found stays where it still is.
  function again() {
    if (bar.hidden) return;
    const before = itemOf(found[at])?.dataset.id;
    look();
    const same = found.findIndex((one) => itemOf(one).dataset.id === before);
    at = same < 0 ? found.length - 1 : same;
    show();
  }

  return { again };
}

const itemOf = (ranges) => ranges?.[0].startContainer.parentElement?.closest("li");

// Where a word stands in a message, its files and buttons included.
function ranges(item, word) {
  const found = [];
  const body = item.querySelector(".body");
  const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (text.parentElement.closest(".by, .quoted")) continue;
    const lower = text.data.toLowerCase();
    if (lower.length !== text.data.length) continue;
    for (let from = lower.indexOf(word); from >= 0; from = lower.indexOf(word, from + word.length)) {
      const range = new Range();
      range.setStart(text, from);
      range.setEnd(text, from + word.length);
      found.push(range);
    }
  }
  return found;
}
