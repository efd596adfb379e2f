// The workbench by keyboard: j/k move between what is to be done, x does it, f writes a follow-up, l puts it off.
const rows = () => [...document.querySelectorAll("#today .task:not(.done)")];
const typing = target => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [popover]");
let place = -1, lost = false; // where one works: what is done there draws the rows afresh, and the next one takes its place
const at = list => list.findIndex(row => row.contains(document.activeElement));
const step = row => row?.querySelector("input, a, button")?.focus({ preventScroll: true });
document.addEventListener("focusin", () => { const here = at(rows()); if (here >= 0) place = here; });
document.addEventListener("htmx:before:swap", event => { lost = event.detail.ctx.target?.id === "today" && place >= 0 && Boolean(document.activeElement?.closest("#today, dialog")); });
document.addEventListener("htmx:after:swap", event => {
  if (event.detail.ctx.target?.id !== "today" || !lost || document.querySelector("dialog[open]")) return;
  const list = rows(); if (at(list) < 0) step(list[Math.min(place, list.length - 1)]);
});
const press = (row, selector) => { const found = row?.querySelector(selector); if (found) found.click(); return Boolean(found); };

document.addEventListener("keydown", event => {
  if (event.isComposing || event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
  if (globalThis.genjin.keysOff() || document.querySelector("dialog[open]")) return;
  const list = rows(), here = at(list);
  if (!list.length) return;
  if (event.key === "j" || event.key === "k") {
    const next = list[Math.max(0, Math.min(list.length - 1, here + (event.key === "j" ? 1 : -1)))];
    next.querySelector("input, a, button")?.focus();
    next.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  } else if (here >= 0 && event.key === "x" && press(list[here], ".rnd:not(:checked)")) event.preventDefault();
  else if (here >= 0 && event.key === "f" && press(list[here], "[data-write]")) { event.preventDefault(); event.stopImmediatePropagation(); }
  else if (here >= 0 && event.key === "l" && press(list[here], "[popovertarget^=later-]")) event.preventDefault();
}, true);
