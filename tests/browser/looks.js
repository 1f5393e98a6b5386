// What a page owes to whoever reads it with little screen, little sight or no mouse; the faults.
(() => {
  const faults = [];
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const name = (e) => (e.getAttribute("aria-label") || e.innerText || e.value || "").trim();
  const where = (e) => `${e.tagName.toLowerCase()} ${name(e).slice(0, 30)}`;

  if (document.documentElement.lang !== "zh-CN") faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (!document.querySelector("main")) faults.push("no main");
  let level = 1;
  for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
    const at = Number(h.tagName[1]);
    if (at > level + 1) faults.push(`heading skips to ${where(h)}`);
    level = at;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) faults.push("an id stands twice");
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!e.labels?.length && !e.getAttribute("aria-label")) faults.push(`no label: ${where(e)}`);
  }
  for (const e of document.querySelectorAll("a, button, summary")) {
    if (seen(e) && !name(e)) faults.push(`no words: ${e.outerHTML.slice(0, 80)}`);
  }
  for (const e of document.querySelectorAll("img:not([alt]), th:not([scope])")) faults.push(`bare ${where(e)}`);
  for (const e of document.querySelectorAll("svg")) {
    if (!e.getAttribute("aria-label") && e.getAttribute("aria-hidden") !== "true") faults.push("silent svg");
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the screen");
  for (const e of document.querySelectorAll("button, summary, select, input:not([type=hidden]):not([type=checkbox])")) {
    if (seen(e) && e.getBoundingClientRect().height < 20) faults.push(`too low: ${where(e)}`);
  }

  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (parts) => parts.slice(0, 3)
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const paper = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return numbers(getComputedStyle(document.documentElement).backgroundColor);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const e = text.parentElement;
    if (!text.data.trim() || !seen(e) || e.closest("svg, option, script")) continue;
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(paper(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faults.push(`pale: ${text.data.trim().slice(0, 20)}`);
  }
  return [...new Set(faults)];
})()
