// A text with its links and #numbers. What could lead elsewhere than it seems stays plain text.
import { make } from "./dom.js";

const FOUND = /(?<link>https?:\/\/[!#-;=?-[\]_a-z~]+)|(?<![A-Za-z0-9_&/#＃])(?<number>[#＃][0-9]{1,9})(?![A-Za-z0-9_])/gi;
// What may follow a link: nothing that looks like more of it, and nothing that nobody sees.
const END = /^(?:$|[\s!-~\p{Script=Han}\u3000-\u303f\uff01-\uff0d\uff0f\uff1a-\uff20…—“”‘’·])/u;
const LONGEST = 2048;
const MOST = 200;

// `onNumber` is called with the digits of a pressed number.
export function linked(text, onNumber) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(FOUND)) {
    if (nodes.length > MOST) break;
    const { link, number } = found.groups;
    const after = text.slice(found.index + found[0].length);
    const node = link ? anchor(trimmed(link), after) : numberButton(number, onNumber);
    if (!node) continue;
    nodes.push(text.slice(from, found.index), node);
    from = found.index + node.textContent.length;
  }
  return [...nodes, text.slice(from)].map((node) => (
    typeof node === "string" ? document.createTextNode(node) : node
  ));
}

function trimmed(link) {
  const bare = link.replace(/[.,;:!?*~]+$/, "");
  return bare.endsWith(")") && !bare.includes("(") ? bare.slice(0, -1) : bare;
}

function anchor(written, after) {
  const address = addressOf(written);
  if (!address || !END.test(after)) return null;
  const link = make("a", "link", written);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

// The host has to be plain to read: no name before an @, no letters that look like others.
function addressOf(written) {
  if (written.length > LONGEST) return null;
  const [, , host] = written.split(/[/?#]/);
  if (!/^([a-z0-9-]+\.)*[a-z0-9-]+(:\d{1,5})?$/i.test(host)) return null;
  try {
    return new URL(written).href;
  } catch {
    return null;
  }
}

function numberButton(number, onNumber) {
  const element = make("span", "number", number);
  const digits = number.slice(1);
  // A real button would let a line end between a bracket and its number.
  element.role = "button";
  element.title = `为什么 #${digits}`;
  element.addEventListener("click", () => onNumber(digits));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onNumber(digits);
  });
  return element;
}
