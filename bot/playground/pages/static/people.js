// The list of people: found by words, with what each has not seen.
import { $, button, face, make, setBadge } from "./dom.js";
import { pick } from "./phones.js";
import { COLUMN, rove } from "./roving.js";
import { state } from "./state.js";

let settle = () => {};

export function startPeople() {
  settle = rove($("people"), ".person", COLUMN, (all) => all.find(isCurrent) ?? all[0]);
  $("find").addEventListener("input", () => {
    showPeople();
    $("people").scrollTop = 0;
  });
  $("find").addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") $("people").querySelector(".person")?.focus();
    else if (event.key === "Escape" && $("find").value) clearSearch();
    else return;
    event.preventDefault();
  });
  $("only").addEventListener("change", showPeople);
}

const isCurrent = (element) => element.dataset.account === state.current;

export function showPeople() {
  const focused = document.activeElement?.dataset?.account;
  const words = $("find").value.trim().split(/\s+/).filter(Boolean);
  const onlyUnread = $("only").checked;
  const found = state.people.filter((person) => {
    const all = [person.name, person.unit, person.account, ...person.roles].join(" ");
    const fits = words.every((word) => all.includes(word));
    return fits && (!onlyUnread || state.unread[person.account] || person.account === state.current);
  });
  const units = new Map();
  found.forEach((person) => units.set(person.unit, [...(units.get(person.unit) ?? []), person]));
  $("people").replaceChildren(...[...units].flatMap(
    ([unit, people]) => [make("h2", "", unit || "其他"), ...people.map(personButton)],
  ));
  $("nobody").hidden = found.length > 0;
  if (focused) elementOf(focused)?.focus();
  showUnread();
}

const elementOf = (account) => $("people").querySelector(`[data-account="${CSS.escape(account)}"]`);

function personButton(person) {
  const element = button("", () => pick(person.account), "person");
  const words = make("span");
  words.append(make("b", "", person.name), make("small", "", person.roles.join("、") || person.account));
  element.dataset.account = person.account;
  element.append(face(person), words, make("span", "badge"));
  return element;
}

export function showUnread() {
  for (const element of $("people").querySelectorAll(".person")) {
    const { account } = element.dataset;
    const count = state.unread[account] ?? 0;
    const badge = element.querySelector(".badge");
    setBadge(badge, count);
    badge.setAttribute("aria-label", `${count} 条新消息`);
    element.classList.toggle("open", state.open.includes(account));
    element.classList.toggle("current", account === state.current);
    element.setAttribute("aria-pressed", String(account === state.current));
  }
  const waiting = Object.values(state.unread).filter(Boolean).length;
  setBadge($("waiting"), waiting);
  const counts = { people: waiting, group: state.groupUnread, private: state.unread[state.current] };
  for (const tab of $("tabs").querySelectorAll("button")) {
    const { view } = tab.dataset;
    setBadge(tab.querySelector(".badge"), counts[view] ?? 0);
    tab.toggleAttribute("aria-current", view === document.body.dataset.view);
  }
}

function clearSearch() {
  $("find").value = "";
  showPeople();
}

// Whoever has been picked is found in the whole list.
export function showPicked() {
  if ($("find").value) clearSearch();
  showCurrent();
}

export function showCurrent() {
  settle();
  elementOf(state.current)?.scrollIntoView({ block: "nearest" });
}
