// Small helps for a page that works without them: print, the address after a form, keys in lists.

"use strict";

const back = document.body.dataset.back;
if (back && location.pathname + location.search !== back) history.replaceState(null, "", back);

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

document.querySelector(".told")?.focus();

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
