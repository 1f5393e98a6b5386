// The first visit: three lines to try, said by a click.
import { $, button, make } from "./dom.js";
import { sayAs } from "./doing.js";
import { pick } from "./phones.js";
import { LINE, rove } from "./roving.js";
import { state } from "./state.js";

const PLACE = "promobot.guide";
const PLAIN = ["得分", "截止", "帮助"];

function isNew() {
  try {
    return localStorage.getItem(PLACE) === null;
  } catch {
    return true;
  }
}

function setShown(isShown) {
  $("guide").hidden = !isShown;
  $("open-guide").setAttribute("aria-expanded", String(isShown));
}

export function startGuide() {
  $("open-guide").addEventListener("click", () => setShown($("guide").hidden));
  $("guide-done").addEventListener("click", () => {
    try {
      localStorage.setItem(PLACE, "seen");
    } catch {
      // Then it comes again.
    }
    setShown(false);
    $("open-guide").focus();
  });
  rove($("tries"), "button", LINE);
  setShown(isNew());
}

export function showTries() {
  const tries = state.tries.length ? state.tries : PLAIN.map((says) => ({ person: state.current, says, label: says }));
  const key = JSON.stringify(tries);
  if ($("tries").dataset.shown === key || !tries[0].person) return;
  $("tries").dataset.shown = key;
  $("tries").replaceChildren(...tries.map(({ person, says, label }) => {
    const item = make("li");
    item.append(button(label, (event) => {
      event.currentTarget.classList.add("done");
      pick(person);
      sayAs(person, says);
    }));
    return item;
  }));
}
