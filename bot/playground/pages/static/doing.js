// Saying, pressing and sending as somebody; each reports its own failure.
import { toast } from "./dom.js";
import { post } from "./server.js";
import { state } from "./state.js";

export const actorOf = (pane) => (pane.isGroup ? state.current : pane.account);
export const placeOf = (pane) => (pane.isGroup ? state.group.id : "private");

export function sayAs(account, text) {
  return post("/api/say", { person: account, chat: "private", text }).catch((fault) => toast(fault.message));
}

export async function press(pane, message, index, label, pressed) {
  if (!actorOf(pane)) return toast("先选一个人，再按。");
  if (pressed.getAttribute("aria-disabled")) return;
  // Really disabled, it would lose the focus.
  pressed.setAttribute("aria-disabled", "true");
  try {
    await post("/api/press", {
      person: actorOf(pane), chat: placeOf(pane), message: message.id, button: index, label,
    });
  } catch (fault) {
    toast(fault.message);
  } finally {
    pressed.removeAttribute("aria-disabled");
  }
}

export function send(pane, { text, quote, file }) {
  const who = { person: actorOf(pane), chat: placeOf(pane), text };
  if (!file) return post("/api/say", quote ? { ...who, quote } : who);
  const form = new FormData();
  Object.entries(who).forEach(([name, value]) => form.append(name, value));
  form.append("file", file, file.name);
  return post("/api/file", form);
}
