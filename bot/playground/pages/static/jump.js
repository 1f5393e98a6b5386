// Moving the clock: where to, how far it has come, and what arrived on the way.
import { $, button, make, toast } from "./dom.js";
import { showChat } from "./phones.js";
import { COLUMN, rove } from "./roving.js";
import { isNarrow } from "./scroll.js";
import { post, setClock } from "./server.js";
import { chatName, now, state } from "./state.js";
import { DAY, HOUR, parts, shownDay, shownMoment, shownTime, startOfDay, written } from "./times.js";

export function startJump() {
  $("open-jump").addEventListener("click", open);
  $("jump-cancel").addEventListener("click", () => $("jump").close());
  $("jump").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    jump($("jump-at").value);
  });
  rove($("jump-result"), "button", COLUMN);
  setInterval(showClock, 1000);
}

export function showClock() {
  if (!state.ready) return;
  const { year, second } = parts(now());
  $("clock").textContent = isNarrow() ? shownMoment(now()) : `${year}年${shownMoment(now())}:${second}`;
  showProgress();
}

function showProgress() {
  const { from, to, delivered } = state.jumping ?? {};
  const isOn = state.jumping !== null;
  $("jump-progress").hidden = $("jump-bar").hidden = !isOn;
  $("open-jump").textContent = isOn ? "正在拨…" : "拨快时间";
  if (!isOn) return;
  const done = Math.min(1, (state.clock.now - from) / (to - from));
  $("jump-bar").value = $("jump-progress-bar").value = done;
  $("jump-progress-words").textContent =
    `正在拨：到了${shownDay(state.clock.now)}（${Math.floor(done * 100)}%），送达 ${delivered} 条。`;
}

function choices() {
  const at = now();
  const today = startOfDay(at);
  const monday = today + (((8 - parts(at).weekday) % 7) || 7) * DAY;
  let first = today + DAY;
  while (parts(first).day !== 1) first += DAY;
  const morning = 8 * HOUR;
  return [
    ["一小时后", at + HOUR], ["明早", today + DAY + morning],
    ["下周一", monday + morning], ["下月1日", first + morning],
  ];
}

function showChoices() {
  $("quick").replaceChildren(...choices().map(([label, at]) => {
    const element = button(label, () => jump(written(at)));
    element.append(make("small", "", shownMoment(at)));
    return element;
  }));
  $("jump-at").min = written(now() + 60);
  $("jump-at").value = written(choices()[1][1]);
}

function open() {
  showChoices();
  $("jump-fault").textContent = "";
  setBusy(state.jumping !== null);
  $("jump").showModal();
}

function setBusy(isBusy) {
  $("jump").querySelectorAll("#quick button, [type=submit], input").forEach((one) => { one.disabled = isBusy; });
}

async function jump(at) {
  setBusy(true);
  $("jump-fault").textContent = "";
  $("jump-result").replaceChildren();
  $("jump-told").textContent = "";
  try {
    const done = await post("/api/jump", { at });
    setClock(done);
    showChoices();
    showResult(done);
  } catch (fault) {
    if ($("jump").open) $("jump-fault").textContent = fault.message;
    else toast(fault.message);
  } finally {
    setBusy(false);
  }
}

function showResult({ now: at, delivered }) {
  const found = Object.entries(delivered).sort(([, one], [, other]) => other - one);
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  const what = total ? `途中送达 ${total} 条，点一处去看：` : "途中没有到点的提醒。";
  $("jump-told").textContent = `现在是 ${shownDay(at)}${shownTime(at)}。${what}`;
  $("jump-result").replaceChildren(...found.map(([key, count]) => {
    const item = make("li");
    const element = button(chatName(key), () => { $("jump").close(); showChat(key); });
    element.append(make("span", "badge", String(count)));
    item.append(element);
    return item;
  }));
  if ($("jump").open) $("jump-result").querySelector("button")?.focus();
  else toast(`现在是 ${shownMoment(at)}，途中送达 ${total} 条。`);
}
