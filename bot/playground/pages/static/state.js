// What the page knows, and who is told when it changes.

export const state = {
  people: [], tries: [], unread: {}, groupUnread: 0, chats: new Map(),
  group: { id: "staff", title: "职工群" },
  open: [], current: "", clock: { now: 0, since: 0 }, jumping: null, ready: false,
};

const watchers = new Map();

export function watch(kind, act) {
  watchers.set(kind, [...(watchers.get(kind) ?? []), act]);
}

export function tell(kind, what) {
  watchers.get(kind)?.forEach((act) => act(what));
}

export const personOf = (account) => state.people.find((person) => person.account === account);
export const privateKey = (account) => `private:${account}`;
export const messagesOf = (key) => [...(state.chats.get(key)?.values() ?? [])];
export const messageOf = (key, id) => state.chats.get(key)?.get(id);
export const now = () => state.clock.now + Math.floor((performance.now() - state.clock.since) / 1000);

export function chatName(key) {
  if (key === state.group.id) return state.group.title;
  const account = key.replace(/^private:/, "");
  return personOf(account)?.name ?? account;
}
