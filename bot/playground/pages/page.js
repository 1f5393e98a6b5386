// The page: phones side by side (one tab each on a narrow screen) and the staff group.
//
// Everything shown comes from /api/events: first the whole state, then changes. Text is only
// ever set as textContent. The address keeps who is open, so a reload shows the same.
"use strict";

const MOST = 500;
const MAX_FILE = 5 * 1024 * 1024;
const WORDS = ["帮助", "我的", "得分", "截止", "待办"];
const DECIDERS = { "招办": "待认定", "融媒体中心": "待审", "考核组": "待审", "院长": "待审" };
const MENTION = "@宣传助手 ";
const DAYS = "日一二三四五六";
const HOUR = 3600;
const DAY = 24 * HOUR;

const $ = (id) => document.getElementById(id);
const state = {
  people: [], unread: {}, chats: new Map(), group: { id: "staff", title: "职工群" },
  open: [], current: "", groupUnread: 0, clock: { now: 0, since: 0 }, ready: false,
};
const panes = new Map();
let source = null;

// --- small things ---------------------------------------------------------------------------

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function button(label, onClick, className = "") {
  const element = make("button", className, label);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

function setBadge(badge, count) {
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : count || "";
}

const personOf = (account) => state.people.find((person) => person.account === account);
const nameOf = (account) => personOf(account)?.name ?? account;
const privateKey = (account) => `private:${account}`;
const two = (number) => String(number).padStart(2, "0");

// The school keeps UTC+8, wherever the browser is.
function parts(at) {
  const moment = new Date((at + 8 * HOUR) * 1000);
  return {
    year: moment.getUTCFullYear(), month: moment.getUTCMonth() + 1, day: moment.getUTCDate(),
    weekday: moment.getUTCDay(), hour: two(moment.getUTCHours()),
    minute: two(moment.getUTCMinutes()), second: two(moment.getUTCSeconds()),
  };
}

function shownDay(at) {
  const { month, day, weekday } = parts(at);
  return `${month}月${day}日（周${DAYS[weekday]}）`;
}

function shownTime(at) {
  const { hour, minute } = parts(at);
  return `${hour}:${minute}`;
}

function written(at) {
  const { year, month, day, hour, minute } = parts(at);
  return `${year}-${two(month)}-${two(day)}T${hour}:${minute}`;
}

const now = () => state.clock.now + Math.floor((performance.now() - state.clock.since) / 1000);

function setClock(at) {
  state.clock = { now: at, since: performance.now() };
  showClock();
}

function showClock() {
  if (!state.ready) return;
  const { year, second } = parts(now());
  const narrow = matchMedia("(max-width: 860px)").matches;
  $("clock").textContent = narrow
    ? `${shownDay(now())}${shownTime(now())}`
    : `${year}年${shownDay(now())}${shownTime(now())}:${second}`;
}

let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $("toast").classList.remove("shown"), 6000);
}

async function post(path, body) {
  const isForm = body instanceof FormData;
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: isForm ? {} : { "Content-Type": "application/json" },
      body: isForm ? body : JSON.stringify(body),
    });
  } catch {
    throw new Error("没有送到，请看程序是否还在运行。");
  }
  const found = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(found.error ?? "没有办成，请再试一次。");
  return found;
}

// --- what the server tells --------------------------------------------------------------------

function connect() {
  source?.close();
  const query = new URLSearchParams(state.open.map((account) => ["person", account]));
  source = new EventSource(`/api/events?${query}`);
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  source.addEventListener("open", () => { $("offline").hidden = true; });
  source.addEventListener("error", () => { $("offline").hidden = false; });
  on("state", takeState);
  on("people", (people) => { state.people = people; showPeople(); });
  on("clock", (told) => setClock(told.now));
  on("message", takeMessage);
  on("gone", takeGone);
  on("unread", (told) => {
    state.unread[told.person] = told.count;
    showUnread();
    markSeen();
  });
}

function takeState(told) {
  state.people = told.people;
  state.unread = told.unread;
  state.group = told.group;
  state.chats = new Map(Object.entries(told.chats).map(
    ([key, messages]) => [key, new Map(messages.map((message) => [message.id, message]))],
  ));
  $("open-jump").hidden = !told.jumps;
  state.ready = true;
  setClock(told.now);
  const known = state.open.filter(personOf);
  if (known.length !== state.open.length || !personOf(state.current)) {
    state.open = known;
    if (!known.length && state.people.length) return begin();
    state.current = known.at(-1) ?? "";
  }
  showPeople();
  showPanes();
  panes.forEach(showMessages);
  markSeen();
}

function takeMessage({ chat, message }) {
  const messages = state.chats.get(chat);
  if (!messages) return;
  const isNew = !messages.has(message.id);
  messages.set(message.id, message);
  const pane = panes.get(chat);
  if (messages.size > MOST) {
    messages.delete(messages.keys().next().value);
    pane?.list.firstElementChild?.remove();
  }
  if (pane) (isNew ? addEntry : changeEntry)(pane, message);
  if (isNew && pane?.isGroup && !isShown(pane)) state.groupUnread += 1;
  showUnread();
}

function takeGone({ chat, ids }) {
  const messages = state.chats.get(chat);
  ids.forEach((id) => messages?.delete(id));
  const pane = panes.get(chat);
  if (!pane) return;
  if (ids.includes(pane.quote)) setDraft(pane, { quote: "" });
  showMessages(pane, { stay: true });
}

// --- people -----------------------------------------------------------------------------------

function tone(person) {
  return `tone${[...(person?.unit || "")].reduce((sum, sign) => sum + sign.codePointAt(0), 0) % 6}`;
}

function face(person, className = "") {
  const element = make("span", `face ${className || tone(person)}`, (person?.name ?? "？").slice(0, 1));
  element.setAttribute("aria-hidden", "true");
  return element;
}

function showPeople() {
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
  const all = [...$("people").querySelectorAll(".person")];
  const stop = all.find((element) => element.dataset.account === (focused ?? state.current)) ?? all[0];
  all.forEach((element) => { element.tabIndex = element === stop ? 0 : -1; });
  if (focused) $("people").querySelector(`[data-account="${CSS.escape(focused)}"]`)?.focus();
  showUnread();
}

function personButton(person) {
  const element = button("", () => pick(person.account), "person");
  const words = make("span");
  words.append(make("b", "", person.name), make("small", "", person.roles.join("、") || person.account));
  element.dataset.account = person.account;
  element.append(face(person), words, make("span", "badge"));
  return element;
}

function showUnread() {
  for (const element of $("people").querySelectorAll(".person")) {
    const { account } = element.dataset;
    const count = state.unread[account] ?? 0;
    setBadge(element.querySelector(".badge"), count);
    element.querySelector(".badge").setAttribute("aria-label", `${count} 条新消息`);
    element.classList.toggle("open", state.open.includes(account));
    element.classList.toggle("current", account === state.current);
    element.setAttribute("aria-pressed", String(account === state.current));
  }
  const waiting = Object.values(state.unread).filter(Boolean).length;
  setBadge($("waiting"), waiting);
  const counts = { people: waiting, group: state.groupUnread, private: state.unread[state.current] };
  for (const tab of document.querySelectorAll(".tabs button")) {
    const { view } = tab.dataset;
    setBadge(tab.querySelector(".badge"), counts[view] ?? 0);
    tab.toggleAttribute("aria-current", view === document.body.dataset.view);
  }
}

// A wide screen shows as many phones as fit beside the group; the oldest makes room.
const room = () => Math.max(1, Math.floor((innerWidth - 244) / 308) - 1);

function begin() {
  // Somebody who reports, of the largest unit, beside the first of the roster.
  const [first] = state.people;
  const size = (unit) => state.people.filter((person) => person.unit === unit).length;
  const [reporter] = state.people
    .filter((person) => person !== first && person.roles.includes("宣传员"))
    .sort((one, other) => size(other.unit) - size(one.unit));
  state.open = [reporter, first].filter(Boolean).map((person) => person.account).slice(-room());
  setCurrent(first.account);
  connect();
}

function pick(account) {
  const isNew = !state.open.includes(account);
  if (isNew) state.open = [...state.open, account].slice(-room());
  setCurrent(account);
  if (isNew) connect();
  setView("private");
  const pane = panes.get(privateKey(account));
  pane?.root.scrollIntoView({ block: "nearest", inline: "nearest" });
  pane?.input.focus({ preventScroll: true });
}

function walk(event) {
  // One stop for the Tab key; the arrows go from person to person.
  const all = [...$("people").querySelectorAll(".person")];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const next = all[Math.min(Math.max(to, 0), all.length - 1)];
  all.forEach((element) => { element.tabIndex = element === next ? 0 : -1; });
  next.focus();
}

function setCurrent(account) {
  if (account !== state.current) {
    state.current = account;
    const group = panes.get(state.group.id);
    if (group) showMessages(group, { stay: true });
  }
  keepAddress();
  showPanes();
  showUnread();
  markSeen();
}

function close(account) {
  state.open = state.open.filter((one) => one !== account);
  if (state.current === account) setCurrent(state.open.at(-1) ?? "");
  keepAddress();
  showPanes();
  showUnread();
  connect();
  panes.get(state.group.id)?.input.focus();
}

function keepAddress() {
  const kept = new URLSearchParams(state.open.map((account) => ["open", account]));
  kept.set("who", state.current);
  history.replaceState(null, "", `#${kept}`);
}

function readAddress() {
  const kept = new URLSearchParams(location.hash.slice(1));
  state.open = [...new Set(kept.getAll("open"))];
  state.current = kept.get("who") ?? state.open.at(-1) ?? "";
}

// --- panes ------------------------------------------------------------------------------------

function showPanes() {
  if (!state.ready) return;
  const keys = [state.group.id, ...state.open.map(privateKey)];
  for (const [key, pane] of panes) {
    if (!keys.includes(key)) {
      pane.root.remove();
      panes.delete(key);
    }
  }
  keys.forEach((key, index) => {
    const account = index ? state.open[index - 1] : "";
    if (!panes.has(key)) panes.set(key, makePane(key, account));
    const pane = panes.get(key);
    if ($("panes").children[index] !== pane.root) {
      $("panes").insertBefore(pane.root, $("panes").children[index] ?? null);
    }
    showTitle(pane);
  });
}

function wordsOf(account) {
  const own = (personOf(account)?.roles ?? []).map((role) => DECIDERS[role]).filter(Boolean);
  return [...new Set([...own, ...WORDS])];
}

function makePane(key, account) {
  const root = $("pane").content.firstElementChild.cloneNode(true);
  const find = (selector) => root.querySelector(selector);
  const pane = {
    key, account, isGroup: !account, root, list: find(".messages"), input: find("textarea"),
    newer: find(".newer"), bar: find(".quoting"), quote: "", file: null,
  };
  root.classList.toggle("is-group", pane.isGroup);
  find(".close").hidden = pane.isGroup;
  find(".close").addEventListener("click", () => close(account));
  find(".attach").hidden = pane.isGroup;
  find(".attach input").addEventListener("change", (event) => chooseFile(pane, event.target));
  find(".quoting button").addEventListener("click", () => setDraft(pane, { quote: "", file: null }));
  find(".chips").append(...(pane.isGroup
    ? [button(MENTION.trim(), () => mention(pane))]
    : wordsOf(account).map((word) => button(word, () => say(pane, word)))));
  find("form").addEventListener("submit", (event) => { event.preventDefault(); submit(pane); });
  pane.input.addEventListener("input", () => grow(pane.input));
  pane.input.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit(pane);
  });
  pane.list.addEventListener("scroll", () => { if (isAtEnd(pane)) pane.newer.hidden = true; });
  pane.newer.addEventListener("click", () => { toEnd(pane); pane.input.focus(); });
  if (!pane.isGroup) {
    root.addEventListener("focusin", () => { if (state.current !== account) setCurrent(account); });
  }
  return pane;
}

function showTitle(pane) {
  const [title, below] = [pane.root.querySelector("h2"), pane.root.querySelector(".title p")];
  const person = personOf(pane.isGroup ? state.current : pane.account);
  const speaker = person ? person.name : "";
  const oldFace = pane.root.querySelector("header .face");
  if (pane.isGroup) {
    title.textContent = state.group.title;
    below.textContent = speaker
      ? `${state.people.length} 人 · 现在以${speaker}的身份说话`
      : `${state.people.length} 人 · 先选一个人再说话`;
    oldFace.className = "face group";
    oldFace.textContent = "群";
    pane.list.dataset.empty = "群里还没有消息。\n闲聊不会有人应答，点名“@宣传助手”就会。";
  } else {
    title.textContent = person?.name ?? pane.account;
    const roles = person?.roles.filter((role) => role !== person.unit).join("、");
    below.textContent = [person?.unit, roles].filter(Boolean).join(" · ");
    oldFace.className = `face ${tone(person)}`;
    oldFace.textContent = title.textContent.slice(0, 1);
    pane.list.dataset.empty = `${title.textContent}与宣传助手的私聊。\n说一声“帮助”，看看能做什么。`;
    pane.root.querySelector(".close").setAttribute("aria-label", `收起${title.textContent}的手机`);
  }
  pane.root.setAttribute("aria-label", pane.isGroup ? title.textContent : `${title.textContent}的私聊`);
  pane.list.setAttribute("aria-label", `${title.textContent}的消息`);
  const hint = pane.isGroup ? (speaker ? `以${speaker}的身份在群里说` : "先选一个人") : "对宣传助手说";
  pane.input.placeholder = hint;
  pane.input.setAttribute("aria-label", hint);
  pane.input.disabled = !person;
  pane.root.classList.toggle("current", !pane.isGroup && pane.account === state.current);
}

const isShown = (pane) => pane.root.offsetParent !== null && document.visibilityState === "visible";
const isAtEnd = (pane) => pane.list.scrollHeight - pane.list.scrollTop - pane.list.clientHeight < 60;
const toEnd = (pane) => { pane.list.scrollTop = pane.list.scrollHeight; pane.newer.hidden = true; };

function markSeen() {
  for (const pane of panes.values()) {
    if (!isShown(pane)) continue;
    if (pane.isGroup) {
      if (state.groupUnread) { state.groupUnread = 0; showUnread(); }
    } else if (state.unread[pane.account]) {
      state.unread[pane.account] = 0;
      post("/api/seen", { person: pane.account }).catch(() => {});
      showUnread();
    }
  }
}

function setView(view) {
  document.body.dataset.view = view;
  panes.forEach((pane) => { if (isShown(pane) && pane.newer.hidden) toEnd(pane); });
  showUnread();
  markSeen();
}

// --- messages ---------------------------------------------------------------------------------

function showMessages(pane, { stay = false } = {}) {
  const top = stay && !isAtEnd(pane) ? pane.list.scrollTop : null;
  pane.list.setAttribute("aria-busy", "true");
  let day = "";
  let before = "";
  const entries = [...(state.chats.get(pane.key)?.values() ?? [])].map((message) => {
    const made = entry(pane, message, shownDay(message.at) !== day, before);
    day = shownDay(message.at);
    before = message.id;
    return made;
  });
  pane.list.replaceChildren(...entries);
  pane.list.setAttribute("aria-busy", "false");
  if (top === null) toEnd(pane);
  else pane.list.scrollTop = top;
}

function addEntry(pane, message) {
  const wasAtEnd = isAtEnd(pane);
  const { day, id } = pane.list.lastElementChild?.dataset ?? {};
  pane.list.append(entry(pane, message, day !== shownDay(message.at), id));
  if (wasAtEnd || message.author !== null) toEnd(pane);
  else pane.newer.hidden = false;
}

function changeEntry(pane, message) {
  const old = [...pane.list.children].find((element) => element.dataset.id === message.id);
  if (!old) return;
  const wasAtEnd = isAtEnd(pane);
  const hadFocus = old.contains(document.activeElement);
  const fresh = entry(pane, message, Boolean(old.querySelector(".day")), old.previousElementSibling?.dataset.id);
  fresh.querySelector(".entry").classList.add("changed");
  old.replaceWith(fresh);
  if (hadFocus) (fresh.querySelector(".row button") ?? pane.input).focus({ preventScroll: true });
  if (wasAtEnd) toEnd(pane);
}

function entry(pane, message, withDay, before) {
  const item = make("li");
  const isBot = message.author === null;
  const mine = !isBot && message.author === (pane.isGroup ? state.current : pane.account);
  const line = make("div", mine ? "entry mine" : "entry");
  const body = make("div", "body");
  item.dataset.id = message.id;
  item.dataset.day = shownDay(message.at);
  if (withDay) item.append(make("div", "day", item.dataset.day));
  body.append(byline(pane, message, isBot));
  if (message.text) body.append(bubble(pane, message, before));
  body.append(...message.files.map(fileLink));
  body.append(...message.buttons.reduce(({ rows, index }, labels) => {
    rows.push(buttonRow(pane, message, labels, index));
    return { rows, index: index + labels.length };
  }, { rows: [], index: 0 }).rows);
  line.append(isBot ? face({ name: "宣" }, "bot") : face(personOf(message.author) ?? { name: message.name }), body);
  item.append(line);
  return item;
}

function byline(pane, message, isBot) {
  const line = make("div", "by");
  line.append(make("span", "", message.name), make("span", "", shownTime(message.at)));
  if (message.edited) line.append(make("span", "", "已更新"));
  if (isBot) {
    const quote = button("引用", () => {
      setDraft(pane, { quote: message.id, file: null });
      pane.input.focus();
    }, "quote-it");
    line.append(quote);
  }
  return line;
}

function bubble(pane, message, before) {
  const element = make("div", "bubble");
  // What is answered is repeated only where something stands in between.
  const quoted = message.answers !== before && state.chats.get(pane.key)?.get(message.answers);
  if (quoted) {
    const what = quoted.text || quoted.files.map((file) => file.name).join("、");
    element.append(make("span", "quoted", `${quoted.name}：${what.split("\n")[0]}`));
  }
  element.append(document.createTextNode(message.text));
  return element;
}

function fileLink(file) {
  const link = make("a", "file");
  const words = make("span", "", file.name);
  const size = file.bytes < 1024 ? `${file.bytes} 字节` : `${Math.ceil(file.bytes / 1024)} KB`;
  const kind = file.name.includes(".") ? file.name.split(".").at(-1).slice(0, 4) : "文件";
  link.href = `/api/files/${encodeURIComponent(file.id)}`;
  link.download = file.name;
  words.append(make("small", "", `${size} · 下载`));
  link.append(file.shown ? shownPicture(link.href, file.name) : make("i", "", kind), words);
  return link;
}

function shownPicture(address, name) {
  const image = make("img");
  image.src = address;
  image.alt = name;
  return image;
}

function buttonRow(pane, message, labels, first) {
  const row = make("div", "row");
  row.append(...labels.map((label, offset) => button(
    label, (event) => press(pane, message, first + offset, label, event.currentTarget),
  )));
  return row;
}

// --- doing ------------------------------------------------------------------------------------

const actor = (pane) => (pane.isGroup ? state.current : pane.account);
const place = (pane) => (pane.isGroup ? state.group.id : "private");

async function press(pane, message, index, label, pressed) {
  if (!actor(pane)) return toast("先选一个人，再按。");
  pressed.disabled = true;
  try {
    await post("/api/press", {
      person: actor(pane), chat: place(pane), message: message.id, button: index, label,
    });
  } catch (fault) {
    toast(fault.message);
  } finally {
    pressed.disabled = false;
  }
}

async function submit(pane) {
  const draft = { text: pane.input.value, quote: pane.quote, file: pane.file };
  if (!draft.text.trim() && !draft.file) return;
  setDraft(pane, { text: "", quote: "", file: null });
  try {
    if (draft.file) await sendFile(pane, draft);
    else await sendText(pane, draft.text, draft.quote);
  } catch (fault) {
    toast(fault.message);
    if (!pane.input.value) setDraft(pane, draft);
  }
}

const say = (pane, text) => sendText(pane, text, "").catch((fault) => toast(fault.message));

function sendText(pane, text, quote) {
  const said = { person: actor(pane), chat: place(pane), text };
  return post("/api/say", quote ? { ...said, quote } : said);
}

function sendFile(pane, { text, file }) {
  const form = new FormData();
  form.append("person", actor(pane));
  form.append("chat", place(pane));
  form.append("text", text);
  form.append("file", file, file.name);
  return post("/api/file", form);
}

function chooseFile(pane, input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  if (file.size > MAX_FILE) return toast("文件超过 5 MB，没有选上，请分成几个。");
  setDraft(pane, { file, quote: "" });
  pane.input.focus();
}

function setDraft(pane, { text, quote, file }) {
  if (text !== undefined) { pane.input.value = text; grow(pane.input); }
  if (quote !== undefined) pane.quote = quote;
  if (file !== undefined) pane.file = file;
  const quoted = state.chats.get(pane.key)?.get(pane.quote);
  const shown = pane.file ? `文件：${pane.file.name}` : quoted ? `引用：${quoted.text.split("\n")[0]}` : "";
  const wasAtEnd = isAtEnd(pane);
  pane.bar.hidden = !shown;
  pane.bar.querySelector("span").textContent = shown;
  pane.bar.querySelector("button").setAttribute("aria-label", pane.file ? "不发文件" : "不引用");
  if (wasAtEnd) toEnd(pane);
}

function mention(pane) {
  if (!pane.input.value.includes(MENTION.trim())) setDraft(pane, { text: MENTION + pane.input.value });
  pane.input.focus();
}

function grow(input) {
  input.style.height = "auto";
  if (input.value) input.style.height = `${input.scrollHeight + 2}px`;
}

// --- the clock --------------------------------------------------------------------------------

function jumps() {
  const at = now();
  const today = at - ((at + 8 * HOUR) % DAY);
  const { weekday } = parts(at);
  const morning = today + DAY + 8 * HOUR;
  const monday = today + (((8 - weekday) % 7) || 7) * DAY + 8 * HOUR;
  let first = today + DAY;
  while (parts(first).day !== 1) first += DAY;
  return [["一小时后", at + HOUR], ["明早", morning], ["下周一", monday], ["下月1日", first + 8 * HOUR]];
}

function openJump() {
  $("quick").replaceChildren(...jumps().map(([label, at]) => {
    const element = button(label, () => jump(at));
    element.append(make("small", "", `${shownDay(at)}${shownTime(at)}`));
    return element;
  }));
  $("jump-at").min = written(now() + 60);
  $("jump-at").value = written(jumps()[1][1]);
  $("jump-fault").textContent = "";
  $("jump").showModal();
}

async function jump(at) {
  const all = $("jump").querySelectorAll("button");
  all.forEach((element) => { element.disabled = true; });
  $("jump-fault").textContent = "正在拨，请稍等。";
  try {
    const done = await post("/api/jump", { at: typeof at === "string" ? at : written(at) });
    $("jump").close();
    setClock(done.now);
    toast(`现在是 ${shownDay(done.now)}${shownTime(done.now)}，${delivered(done.delivered)}。`);
  } catch (fault) {
    $("jump-fault").textContent = fault.message;
  } finally {
    all.forEach((element) => { element.disabled = false; });
  }
}

function delivered(counts) {
  const found = Object.entries(counts);
  if (!found.length) return "途中没有到点的提醒";
  const name = (key) => (key === state.group.id ? state.group.title : nameOf(key.replace(/^private:/, "")));
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  const first = found.slice(0, 4).map(([key, count]) => `${name(key)} ${count}`).join("、");
  return `途中送达 ${total} 条：${first}${found.length > 4 ? ` 等 ${found.length} 处` : ""}`;
}

// --- begin ------------------------------------------------------------------------------------

$("find").addEventListener("input", showPeople);
$("find").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown") return;
  event.preventDefault();
  $("people").querySelector(".person")?.focus();
});
$("people").addEventListener("keydown", walk);
$("only").addEventListener("change", showPeople);
$("open-jump").addEventListener("click", openJump);
$("jump-cancel").addEventListener("click", () => $("jump").close());
$("jump").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  jump($("jump-at").value);
});
document.querySelectorAll(".tabs button").forEach((tab) => {
  tab.addEventListener("click", () => setView(tab.dataset.view));
});
document.addEventListener("visibilitychange", markSeen);
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
setInterval(showClock, 1000);
readAddress();
connect();
