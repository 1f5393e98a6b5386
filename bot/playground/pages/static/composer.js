// The line at the foot of a pane: what is being written, quoted or attached, and what was said before.
import { button, toast } from "./dom.js";
import { actorOf, sayAs, send } from "./doing.js";
import { draftOf, keepDraft } from "./drafts.js";
import { LINE, rove } from "./roving.js";
import { keepingPlace } from "./scroll.js";
import { messageOf, messagesOf, personOf } from "./state.js";

const MAX_FILE = 5 * 1024 * 1024;
const WORDS = ["帮助", "我的", "得分", "截止", "待办"];
const DECIDERS = { "招办": "待认定", "融媒体中心": "待审", "考核组": "待审", "院长": "待审" };
const MENTION = "@宣传助手 ";

export function startComposer(pane) {
  const find = (selector) => pane.root.querySelector(selector);
  find(".attach").hidden = pane.isGroup;
  find(".attach input").addEventListener("change", (event) => chooseFile(pane, event.target));
  find(".quoting button").addEventListener("click", () => {
    setDraft(pane, { quote: "", file: null });
    pane.input.focus();
  });
  find("form").addEventListener("submit", (event) => { event.preventDefault(); submit(pane); });
  pane.input.addEventListener("input", () => {
    pane.recalled = null;
    setDraft(pane, { text: pane.input.value });
  });
  pane.input.addEventListener("keydown", (event) => strike(pane, event));
  rove(find(".chips"), "button", LINE);
  showChips(pane);
  pane.draft = draftOf(pane.key);
  setDraft(pane, pane.draft);
}

export function showChips(pane) {
  const chips = pane.isGroup ? [MENTION.trim()] : wordsOf(pane.account);
  if (chips.join() === pane.chips) return;
  pane.chips = chips.join();
  const act = pane.isGroup ? () => mention(pane) : (word) => sayAs(pane.account, word);
  pane.root.querySelector(".chips").replaceChildren(...chips.map((word) => button(word, () => act(word))));
}

function wordsOf(account) {
  const own = (personOf(account)?.roles ?? []).map((role) => DECIDERS[role]).filter(Boolean);
  return [...new Set([...own, ...WORDS])];
}

export function setDraft(pane, change) {
  pane.draft = { ...pane.draft, ...change };
  const { text, quote, file } = pane.draft;
  if (pane.input.value !== text) pane.input.value = text;
  keepDraft(pane.key, pane.draft);
  const quoted = messageOf(pane.key, quote);
  const shown = file ? `文件：${file.name}` : quoted ? `引用：${quoted.text.split("\n")[0]}` : "";
  keepingPlace(pane, () => {
    grow(pane.input);
    pane.bar.hidden = !shown;
    pane.bar.querySelector("span").textContent = shown;
    pane.bar.querySelector("button").setAttribute("aria-label", file ? "不发文件" : "不引用");
  });
}

export function quoteIn(pane, message) {
  setDraft(pane, { quote: message.id, file: null });
  pane.input.focus();
}

async function submit(pane) {
  const { draft } = pane;
  if (!draft.text.trim() && !draft.file) return;
  pane.recalled = null;
  setDraft(pane, { text: "", quote: "", file: null });
  try {
    await send(pane, draft);
  } catch (fault) {
    toast(fault.message);
    if (!pane.draft.text) setDraft(pane, draft);
  }
}

function strike(pane, event) {
  // While an input method is composing, its keys choose words.
  if (event.isComposing || event.keyCode === 229) return;
  const act = KEYS[event.key];
  if (act && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey && act(pane)) event.preventDefault();
}

// Each says whether the key has been used.
const KEYS = {
  Enter(pane) {
    submit(pane);
    return true;
  },

  // What was said before comes back into an empty line, and can be left again.
  ArrowUp: (pane) => recall(pane, 1),
  ArrowDown: (pane) => pane.recalled !== null && recall(pane, -1),

  Escape(pane) {
    if (pane.recalled !== null) {
      pane.recalled = null;
      setDraft(pane, { text: "" });
    } else if (pane.draft.file || pane.draft.quote) setDraft(pane, { quote: "", file: null });
    else return false;
    return true;
  },
};

function recall(pane, by) {
  if (pane.recalled === null && pane.input.value) return false;
  const said = messagesOf(pane.key)
    .filter((message) => message.author === actorOf(pane) && message.text)
    .map((message) => message.text)
    .filter((text, index, all) => text !== all[index + 1])
    .reverse();
  const to = Math.min((pane.recalled ?? -1) + by, said.length - 1);
  pane.recalled = to < 0 ? null : to;
  setDraft(pane, { text: said[to] ?? "" });
  pane.input.setSelectionRange(pane.input.value.length, pane.input.value.length);
  return true;
}

function chooseFile(pane, input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  if (file.size > MAX_FILE) return toast("文件超过 5 MB，没有选上，请分成几个。");
  setDraft(pane, { file, quote: "" });
  pane.input.focus();
}

function mention(pane) {
  const { text } = pane.draft;
  if (!text.includes(MENTION.trim())) setDraft(pane, { text: MENTION + text });
  pane.input.focus();
}

function grow(input) {
  input.style.height = "auto";
  if (input.value) input.style.height = `${input.scrollHeight + 2}px`;
}
