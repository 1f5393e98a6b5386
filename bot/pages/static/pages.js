// Small helps for a page that works without them: print, the address after a form, keys in lists.

"use strict";

const back = document.body.dataset.back;
if (back && location.pathname + location.search !== back) history.replaceState(null, "", back);

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

document.querySelector(".told")?.focus();

for (const form of document.querySelectorAll("form[method=post]")) {
  if ("file" in form.dataset) continue; // the page stays, and may be asked again
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}

// j and k go through the rows of a list; other letters press what carries them in the row.
const rows = [...document.querySelectorAll("[data-row]")];

function go(step) {
  const at = rows.indexOf(document.activeElement?.closest("[data-row]"));
  const row = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  for (const other of rows) other.tabIndex = other === row ? 0 : -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function strike(key) {
  const row = document.activeElement?.closest("[data-row]") ?? rows[0];
  const what = row?.querySelector(`[data-key="${key}"]`);
  if (!what) return false;
  what.click();
  if (what.tagName === "SUMMARY") what.parentElement.querySelector("input:not([type=hidden])")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && typing) {
    const why = typing.closest("details");
    if (why) why.open = false;
    typing.closest("[data-row]")?.focus();
    return;
  }
  if (!rows.length || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "x") document.activeElement?.closest("[data-row]")?.querySelector("input[type=checkbox]")?.click();
  else if (strike(event.key)) event.preventDefault();
  else if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
});

if (rows.length) (document.querySelector(".told") ? rows[0].tabIndex = 0 : rows[0].focus({ preventScroll: true }));
