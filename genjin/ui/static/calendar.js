// The calendar: a plan is dragged onto another day (keeping its time) or hour. The button on each plan does the same
// without dragging.
const { $$, words, csrf, toast } = globalThis.genjin;

let dragged = null;
const place = event => event.target.closest?.("[data-drop-day],[data-drop-at]");
document.addEventListener("dragstart", event => {
  dragged = event.target.closest?.("[data-move]") ?? null;
  if (dragged) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", dragged.textContent.trim()); dragged.classList.add("is-pending"); }
});
document.addEventListener("dragover", event => {
  const over = place(event);
  if (!dragged || !over) return;
  event.preventDefault();
  if (over.classList.contains("over")) return;
  $$(".cal .over").forEach(other => other.classList.remove("over")); over.classList.add("over");
});
document.addEventListener("dragend", () => { dragged?.classList.remove("is-pending"); $$(".cal .over").forEach(other => other.classList.remove("over")); dragged = null; });
document.addEventListener("drop", event => {
  const over = place(event), plan = dragged;
  if (!plan || !over || over.contains(plan)) return;
  event.preventDefault();
  (over.querySelector(".evs") ?? over).append(plan); // at once; the answer draws the calendar afresh
  move(plan.dataset.move, over.dataset.dropAt ?? `${over.dataset.dropDay}T${plan.dataset.clock}`);
});
async function move(address, moment) {
  const fields = new URLSearchParams({ drawn: "starts_at", starts_at: moment });
  const headers = { "X-CSRFToken": csrf(), "HX-Request": "true", "HX-Current-URL": location.href };
  const answer = await fetch(`${address}/actions/postpone`, { method: "POST", headers, body: fields }).catch(() => null);
  const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}").toast;
  if (answer?.ok && told) toast(told);
  else toast({ text: (answer && await said(answer)) || (answer ? words.failed : words.unsaved), tone: "bad" });
  document.body.dispatchEvent(new CustomEvent("record:changed", { bubbles: true }));
}
async function said(answer) { // a refusal comes as a form with its reason
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  return drawn.querySelector(".ban, .err")?.textContent.trim() ?? "";
}
