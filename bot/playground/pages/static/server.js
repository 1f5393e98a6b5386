// The process behind the page: what it tells (first the whole state, then changes), and what it is told.
import { $ } from "./dom.js";
import { state, tell } from "./state.js";

const MOST = 500;
let source = null;

export async function post(path, body) {
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

export function connect() {
  disconnect();
  const query = new URLSearchParams(state.open.map((account) => ["person", account]));
  source = new EventSource(`/api/events?${query}`);
  source.addEventListener("open", () => { $("offline").hidden = true; });
  source.addEventListener("error", () => { $("offline").hidden = false; });
  for (const [kind, take] of Object.entries(TAKES)) {
    source.addEventListener(kind, (event) => take(JSON.parse(event.data)));
  }
}

export function disconnect() {
  source?.close();
}

export function setClock(told) {
  state.clock = { now: told.now, since: performance.now() };
  state.jumping = told.jumping ?? null;
  tell("clock");
}

const TAKES = {
  state(told) {
    state.people = told.people;
    state.tries = told.tries;
    state.unread = told.unread;
    state.group = told.group;
    state.chats = new Map(Object.entries(told.chats).map(
      ([key, messages]) => [key, new Map(messages.map((message) => [message.id, message]))],
    ));
    $("open-jump").hidden = !told.jumps;
    state.ready = true;
    setClock(told);
    tell("state");
  },

  people(people) {
    state.people = people;
    tell("people");
  },

  clock: setClock,

  message({ chat, message }) {
    const messages = state.chats.get(chat);
    if (!messages) return;
    const isNew = !messages.has(message.id);
    messages.set(message.id, message);
    const isFull = messages.size > MOST;
    if (isFull) messages.delete(messages.keys().next().value);
    tell("message", { chat, message, isNew, isFull });
  },

  gone({ chat, ids }) {
    ids.forEach((id) => state.chats.get(chat)?.delete(id));
    tell("gone", { chat, ids });
  },

  unread({ person, count }) {
    state.unread[person] = count;
    tell("unread");
  },
};
