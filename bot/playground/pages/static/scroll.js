// Where a pane is read: at its end, where news keeps it, or further up, where it stays.
import { $ } from "./dom.js";

export const isShown = (pane) => pane.root.offsetParent !== null && document.visibilityState === "visible";

export function isAtEnd({ log }) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 60;
}

export function toEnd(pane) {
  pane.log.scrollTop = pane.log.scrollHeight;
  pane.newer.hidden = true;
}

// Change a pane without moving what is read there.
export function keepingPlace(pane, act) {
  const wasAtEnd = isAtEnd(pane);
  const top = pane.log.scrollTop;
  act();
  if (wasAtEnd) toEnd(pane);
  else pane.log.scrollTop = top;
}

export function watchScroll(pane) {
  pane.log.addEventListener("scroll", () => {
    if (isShown(pane)) pane.top = isAtEnd(pane) ? null : pane.log.scrollTop;
    if (isAtEnd(pane)) pane.newer.hidden = true;
  });
}

// A pane that was not on the screen has forgotten its place; one reads on where one was.
export function backToPlace(pane) {
  if (pane.top === null) toEnd(pane);
  else pane.log.scrollTop = pane.top;
}

export const isNarrow = () => getComputedStyle($("tabs")).display !== "none";
