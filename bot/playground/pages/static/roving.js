// Many controls, one stop of the Tab key: the arrows go from one to the next.

// `selector`: the controls inside `group`; `keys`: which keys go where, as functions from the
// controls and the place of the focused one to the next; `home`: the stop before anybody has moved.
export function rove(group, selector, keys, home = (all) => all[0]) {
  let stop = null;
  const controls = () => [...group.querySelectorAll(selector)].filter((one) => !one.disabled);

  function settle() {
    const all = controls();
    if (!all.includes(stop) || stop !== document.activeElement) stop = home(all);
    all.forEach((one) => { one.tabIndex = one === stop ? 0 : -1; });
  }

  group.addEventListener("focusin", ({ target }) => {
    const one = target.closest(selector);
    if (!one) return;
    if (stop) stop.tabIndex = -1;
    stop = one;
    stop.tabIndex = 0;
  });
  group.addEventListener("keydown", (event) => {
    const all = controls();
    const at = all.indexOf(document.activeElement);
    const next = at >= 0 && keys[event.key]?.(all, at);
    if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    next.focus();
  });
  new MutationObserver(settle).observe(group, { childList: true, subtree: true });
  settle();
  return settle;
}

const step = (by) => (all, at) => all[Math.min(Math.max(at + by, 0), all.length - 1)];
const ENDS = { Home: (all) => all[0], End: (all) => all.at(-1) };

export const COLUMN = { ArrowDown: step(1), ArrowUp: step(-1), ...ENDS };
export const LINE = { ArrowRight: step(1), ArrowLeft: step(-1), ...ENDS };

// Left and right go through all; up and down go to the next that stands in another `part`.
export function grid(part) {
  const across = (by) => (all, at) => {
    const here = all[at].closest(part);
    for (let to = at + by; all[to]; to += by) {
      const there = all[to].closest(part);
      if (there !== here) return all.find((one) => one.closest(part) === there);
    }
    return all[at];
  };
  return { ...LINE, ArrowDown: across(1), ArrowUp: across(-1) };
}
