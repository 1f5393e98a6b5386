// The panes: the group, and a phone for each open person.
import { $, tone } from "./dom.js";
import { setDraft, showChips, startComposer } from "./composer.js";
import { actorOf } from "./doing.js";
import { addEntry, changeEntry, showMessages, showOwn } from "./messages.js";
import { close, setCurrent } from "./phones.js";
import { grid, rove } from "./roving.js";
import { backToPlace, isShown, toEnd, watchScroll } from "./scroll.js";
import { startSearch } from "./search.js";
import { post } from "./server.js";
import { messageOf, personOf, privateKey, state, tell } from "./state.js";

const panes = new Map();

export const paneOf = (key) => panes.get(key);

export function showPanes() {
  if (!state.ready) return;
  const keys = [state.group.id, ...state.open.map(privateKey)];
  for (const [key, pane] of panes) {
    if (!keys.includes(key)) {
      pane.root.remove();
      panes.delete(key);
    }
  }
  keys.forEach((key, index) => {
    if (!panes.has(key)) panes.set(key, makePane(key, index ? state.open[index - 1] : ""));
    const pane = panes.get(key);
    const there = $("panes").children[index];
    if (there !== pane.root) $("panes").insertBefore(pane.root, there ?? null);
    showTitle(pane);
    showChips(pane);
  });
  $("noone").hidden = state.open.length > 0;
}

export function showAllMessages() {
  panes.forEach((pane) => {
    showMessages(pane);
    setDraft(pane, messageOf(pane.key, pane.draft.quote) ? {} : { quote: "" });
    pane.search.again();
  });
}

function makePane(key, account) {
  const root = $("pane").content.firstElementChild.cloneNode(true);
  const find = (selector) => root.querySelector(selector);
  const pane = {
    key, account, isGroup: !account, root, log: find(".log"), list: find(".messages"),
    input: find("textarea"), newer: find(".newer"), bar: find(".quoting"), top: null, recalled: null,
  };
  root.dataset.chat = key;
  root.classList.toggle("is-group", pane.isGroup);
  find(".close").hidden = pane.isGroup;
  find(".close").addEventListener("click", () => {
    close(account);
    ($("panes").querySelector(".pane.current") ?? paneOf(state.group.id).root).querySelector("textarea").focus();
  });
  startComposer(pane);
  watchScroll(pane);
  pane.search = startSearch(pane);
  rove(pane.list, "button, a, [role=button]", grid("li"), lastAsked);
  pane.newer.addEventListener("click", () => { toEnd(pane); pane.input.focus(); });
  if (!pane.isGroup) {
    root.addEventListener("focusin", () => { if (state.current !== account) setCurrent(account); });
  }
  return pane;
}

// The way back from the line leads to what was asked last.
function lastAsked(all) {
  const last = all.findLast((one) => one.closest(".row")) ?? all.at(-1);
  return all.find((one) => one.closest("li") === last.closest("li") && (one.closest(".row") || !last.closest(".row")));
}

function showTitle(pane) {
  const person = personOf(actorOf(pane));
  const { name, below, face, empty, hint } = pane.isGroup ? groupTitle(person) : phoneTitle(pane, person);
  const find = (selector) => pane.root.querySelector(selector);
  find("h2").textContent = name;
  find(".title p").textContent = below;
  find("header .face").className = `face ${face}`;
  find("header .face").textContent = pane.isGroup ? "群" : [...name][0];
  find(".close").setAttribute("aria-label", `收起${name}的手机`);
  find(".find").setAttribute("aria-label", `在${name}的消息里查找`);
  pane.root.setAttribute("aria-label", pane.isGroup ? name : `${name}的私聊`);
  pane.log.setAttribute("aria-label", `${name}的消息`);
  pane.list.dataset.empty = state.chats.has(pane.key) ? empty : "";
  pane.input.placeholder = hint;
  pane.input.setAttribute("aria-label", hint);
  pane.input.disabled = !person;
  pane.root.classList.toggle("current", !pane.isGroup && pane.account === state.current);
}

function groupTitle(speaker) {
  const who = speaker ? `现在以${speaker.name}的身份说话` : "先选一个人再说话";
  return {
    name: state.group.title,
    below: `${state.people.length} 人 · ${who}`,
    face: "group",
    empty: "群里还没有消息。\n闲聊不会有人应答，点名“@宣传助手”就会。",
    hint: speaker ? `以${speaker.name}的身份在群里说` : "先选一个人",
  };
}

function phoneTitle({ account }, person) {
  const name = person?.name ?? account;
  const roles = person?.roles.filter((role) => role !== person.unit).join("、");
  return {
    name,
    below: [person?.unit, roles].filter(Boolean).join(" · "),
    face: tone(person),
    empty: `${name}与宣传助手的私聊。\n说一声“帮助”，看看能做什么。`,
    hint: "对宣传助手说",
  };
}

export function takeMessage({ chat, message, isNew, isFull }) {
  const pane = panes.get(chat);
  if (!pane) return;
  if (isNew) addEntry(pane, message, { isFull });
  else changeEntry(pane, message);
  pane.search.again();
  if (isNew && pane.isGroup && !isShown(pane)) {
    state.groupUnread += 1;
    tell("unread");
  }
}

export function takeGone({ chat, ids }) {
  const pane = panes.get(chat);
  if (!pane) return;
  if (ids.includes(pane.draft.quote)) setDraft(pane, { quote: "" });
  showMessages(pane);
  pane.search.again();
}

export function showSpeaker() {
  const group = panes.get(state.group.id);
  if (group) showOwn(group);
}

export function markSeen() {
  for (const pane of panes.values()) {
    if (!isShown(pane)) continue;
    if (pane.isGroup) state.groupUnread = 0;
    else if (state.unread[pane.account]) {
      state.unread[pane.account] = 0;
      post("/api/seen", { person: pane.account }).catch(() => {});
    }
  }
}

export function showPlaces() {
  panes.forEach((pane) => { if (isShown(pane)) backToPlace(pane); });
}

export function bringForward(account) {
  const pane = panes.get(privateKey(account));
  pane?.root.scrollIntoView({ block: "nearest", inline: "nearest" });
  // On a phone the focus would bring up the keyboard, which hides what is to be read.
  if (!matchMedia("(pointer: coarse)").matches) pane?.input.focus({ preventScroll: true });
}
