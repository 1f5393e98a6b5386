// Phones side by side (one tab each on a narrow screen) and the staff group: who hears of what.
import { $ } from "./dom.js";
import { showTries, startGuide } from "./guide.js";
import { showClock, startJump } from "./jump.js";
import {
  bringForward, markSeen, showAllMessages, showPanes, showPlaces, showSpeaker, takeGone, takeMessage,
} from "./panes.js";
import { showCurrent, showPeople, showPicked, showUnread, startPeople } from "./people.js";
import { readAddress, setView, settle } from "./phones.js";
import { connect, disconnect } from "./server.js";
import { watch } from "./state.js";

let due = 0;

// Once a frame, however much arrives: a jump of months brings thousands of changes.
function see() {
  due ||= requestAnimationFrame(() => {
    due = 0;
    markSeen();
    showUnread();
  });
}

watch("clock", showClock);
watch("unread", see);
watch("message", (what) => { takeMessage(what); see(); });
watch("gone", takeGone);
watch("people", () => { showPeople(); showPanes(); });
watch("state", () => {
  if (settle()) return;
  showPeople();
  showPanes();
  showAllMessages();
  showTries();
  showCurrent();
  see();
  document.body.dataset.ready = "";
});
watch("phones", ({ isOther }) => {
  if (isOther) showSpeaker();
  showPanes();
  see();
  if (isOther) showCurrent();
});
watch("picked", (account) => { showPicked(); bringForward(account); });
watch("view", () => { showPlaces(); see(); });

$("tabs").querySelectorAll("button").forEach((tab) => {
  tab.addEventListener("click", () => setView(tab.dataset.view));
});
$("picture-close").addEventListener("click", () => $("picture").close());
document.addEventListener("visibilitychange", see);
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
startPeople();
startJump();
startGuide();
readAddress();
connect();
