// What a page owes to whoever reads it on a small screen, as far as axe-core does not say; the faults.
(() => {
  const faults = [];
  const seen = (e) => e.checkVisibility({ visibilityProperty: true });
  const where = (e) => `${e.tagName.toLowerCase()} ${(e.innerText || e.name || "").trim().slice(0, 30)}`;
  if (document.documentElement.lang !== "zh-CN") faults.push("not in Chinese");
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the screen");
  for (const e of document.querySelectorAll("button, summary, select, input:not([type=hidden], [type=checkbox])")) {
    if (seen(e) && e.getBoundingClientRect().height < 32) faults.push(`too low: ${where(e)}`);
  }
  for (const e of document.querySelectorAll("th:not([scope])")) faults.push(`heads nothing: ${where(e)}`);
  return [...new Set(faults)];
})()
