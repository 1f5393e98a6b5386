// Which phones are open and whose is in use. The address keeps it, so that a reload shows the same.
import { $, toast } from "./dom.js";
import { sayAs } from "./doing.js";
import { connect } from "./server.js";
import { personOf, state, tell } from "./state.js";

const MOST = 8;
const LONGEST = 64;
let isFirst = true;

// A wide screen shows as many phones as fit beside the group; the oldest makes room.
const room = () => Math.max(1, Math.floor((innerWidth - 244) / 308) - 1);

export function readAddress() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const open = kept.getAll("open").filter((account) => account.length <= LONGEST);
  state.open = [...new Set(open)].slice(-MOST);
  state.current = kept.get("who") ?? state.open.at(-1) ?? "";
  isFirst = !kept.has("who");
}

function keepAddress() {
  const kept = new URLSearchParams(state.open.map((account) => ["open", account]));
  kept.set("who", state.current);
  history.replaceState(null, "", `#${kept}`);
}

// After the first news: who is not on the roster has no phone; a first visit opens some.
// True: others are open now, and the news of those is on its way.
export function settle() {
  const asked = state.open.length;
  const before = state.current;
  state.open = state.open.filter(personOf);
  if (!state.open.length && (isFirst || asked) && state.people.length) {
    begin();
    return true;
  }
  isFirst = false;
  if (personOf(before) && !state.open.includes(before)) return open(before);
  if (!state.open.includes(before)) state.current = state.open.at(-1) ?? "";
  keepAddress();
  return false;
}

function begin() {
  isFirst = false;
  const [first, ...others] = [...new Set(firstPeople())];
  state.open = [first, ...others].slice(0, room());
  setCurrent(first);
  connect();
}

// Those of the guide; else somebody who reports, of the largest unit, and the first of the roster.
function firstPeople() {
  if (state.tries.length) return state.tries.map((one) => one.person);
  const [first] = state.people;
  const size = (unit) => state.people.filter((person) => person.unit === unit).length;
  const [reporter] = state.people
    .filter((person) => person !== first && person.roles.includes("宣传员"))
    .sort((one, other) => size(other.unit) - size(one.unit));
  return [reporter, first].filter(Boolean).map((person) => person.account);
}

function open(account) {
  const isNew = !state.open.includes(account);
  if (isNew) state.open = [...state.open, account].slice(-room());
  setCurrent(account);
  if (isNew) connect();
  return isNew;
}

export function pick(account) {
  open(account);
  setView("private");
  tell("picked", account);
}

export function setCurrent(account) {
  const isOther = account !== state.current;
  state.current = account;
  keepAddress();
  tell("phones", { isOther });
}

export function close(account) {
  state.open = state.open.filter((one) => one !== account);
  setCurrent(state.current === account ? state.open.at(-1) ?? "" : state.current);
  connect();
}

export function setView(view) {
  if (document.body.dataset.view === view) return;
  document.body.dataset.view = view;
  tell("view");
}

export function showChat(key) {
  if (key !== state.group.id) return pick(key.replace(/^private:/, ""));
  setView("group");
  $("panes").querySelector(".is-group textarea")?.focus();
}

// A number is looked up in the private chat of whoever presses it, wherever it stands.
export function lookUp(account, number) {
  if (!account) return toast("先选一个人，再看。");
  if (document.body.dataset.view === "group" || !state.open.includes(account)) pick(account);
  sayAs(account, `为什么 #${number}`);
}
