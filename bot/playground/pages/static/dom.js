// Elements. People's text is only ever set as textContent.

export const $ = (id) => document.getElementById(id);

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export function button(label, onClick, className = "") {
  const element = make("button", className, label);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

export function setBadge(badge, count) {
  const text = count > 99 ? "99+" : String(count || "");
  badge.hidden = !count;
  if (badge.textContent !== text) badge.textContent = text;
}

export function tone(person) {
  return `tone${[...(person?.unit || "")].reduce((sum, sign) => sum + sign.codePointAt(0), 0) % 6}`;
}

export function face(person, className = "") {
  const element = make("span", `face ${className || tone(person)}`, [...(person?.name || "？")][0]);
  element.setAttribute("aria-hidden", "true");
  return element;
}

let fading = 0;

export function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => $("toast").classList.remove("shown"), 6000);
}
