// What was begun and not sent, of each chat: kept while this tab is open, also over a reload.
// A chosen file outlives its pane, but a browser hands it to no reloaded page.

const PLACE = "promobot.drafts";
const files = new Map();
const drafts = new Map(read());

function read() {
  try {
    return Object.entries(JSON.parse(sessionStorage.getItem(PLACE)) ?? {});
  } catch {
    return [];
  }
}

export function draftOf(key) {
  const { text = "", quote = "" } = drafts.get(key) ?? {};
  return { text: String(text), quote: String(quote), file: files.get(key) ?? null };
}

export function keepDraft(key, { text, quote, file }) {
  if (file) files.set(key, file);
  else files.delete(key);
  if (text || quote) drafts.set(key, { text, quote });
  else drafts.delete(key);
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(drafts)));
  } catch {
    // A browser that keeps nothing still lets one write.
  }
}
