// The messages of a pane, and what can be done with each.
import { button, face, make } from "./dom.js";
import { actorOf, press } from "./doing.js";
import { quoteIn } from "./composer.js";
import { fileOf } from "./files.js";
import { linked } from "./linked.js";
import { lookUp } from "./phones.js";
import { isAtEnd, keepingPlace, toEnd } from "./scroll.js";
import { messageOf, messagesOf, personOf } from "./state.js";
import { shownDay, shownTime } from "./times.js";

const shown = new WeakMap();

export function showMessages(pane) {
  const messages = messagesOf(pane.key);
  const there = [...pane.list.children].map((item) => shown.get(item));
  // What stands there already is not read out again.
  if (JSON.stringify(there) === JSON.stringify(messages)) return;
  const entries = messages.map((message, index) => entry(pane, message, messages[index - 1]));
  keepingPlace(pane, () => pane.list.replaceChildren(...entries));
}

// In the group, what the one in use has said stands on the right.
export function showOwn(pane) {
  for (const item of pane.list.children) {
    item.querySelector(".entry").classList.toggle("mine", shown.get(item).author === actorOf(pane));
  }
}

export function addEntry(pane, message, { isFull }) {
  const wasAtEnd = isAtEnd(pane);
  if (isFull) pane.list.firstElementChild?.remove();
  pane.list.append(entry(pane, message, messageOf(pane.key, pane.list.lastElementChild?.dataset.id)));
  if (wasAtEnd || message.author !== null) toEnd(pane);
  else pane.newer.hidden = false;
}

export function changeEntry(pane, message) {
  const old = [...pane.list.children].find((element) => element.dataset.id === message.id);
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.textContent : null;
  const fresh = entry(pane, message, messageOf(pane.key, old.previousElementSibling?.dataset.id));
  fresh.querySelector(".entry").classList.add("changed");
  keepingPlace(pane, () => old.replaceWith(fresh));
  if (focused === null) return;
  const controls = [...fresh.querySelectorAll(".row button")];
  const again = controls.find((one) => one.textContent === focused) ?? controls[0] ?? pane.input;
  again.focus({ preventScroll: true });
}

function entry(pane, message, before) {
  const item = make("li");
  const day = shownDay(message.at);
  const isBot = message.author === null;
  const line = make("div", message.author === actorOf(pane) ? "entry mine" : "entry");
  const body = make("div", "body");
  shown.set(item, message);
  item.dataset.id = message.id;
  if (!before || shownDay(before.at) !== day) item.append(make("div", "day", day));
  body.append(byline(pane, message, isBot));
  if (message.text) body.append(bubble(pane, message, before));
  body.append(...message.files.map((file) => fileOf(file, () => { if (pane.top === null) toEnd(pane); })));
  body.append(...buttonRows(pane, message));
  line.append(isBot ? face({ name: "宣" }, "bot") : face(personOf(message.author) ?? { name: message.name }), body);
  item.append(line);
  return item;
}

function byline(pane, message, isBot) {
  const line = make("div", "by");
  line.append(make("span", "", message.name), make("span", "", shownTime(message.at)));
  if (message.edited) line.append(make("span", "", "已更新"));
  if (isBot) line.append(button("引用", () => quoteIn(pane, message), "quote-it"));
  return line;
}

function bubble(pane, message, before) {
  const element = make("div", "bubble");
  // What is answered is repeated only where something stands in between.
  const quoted = message.answers !== before?.id && messageOf(pane.key, message.answers);
  if (quoted) {
    const what = quoted.text || quoted.files.map((file) => file.name).join("、");
    element.append(make("span", "quoted", `${quoted.name}：${what.split("\n")[0]}`));
  }
  element.append(...linked(message.text, (number) => lookUp(actorOf(pane), number)));
  return element;
}

function buttonRows(pane, message) {
  let index = 0;
  return message.buttons.map((labels) => {
    const row = make("div", "row");
    row.append(...labels.map((label) => {
      const place = index++;
      return button(label, (event) => press(pane, message, place, label, event.currentTarget));
    }));
    return row;
  });
}
