// Settings: order of options by dragging or arrow keys, departments dragged onto others, grants ticked.
const { $, $$, words, csrf, say, toast } = globalThis.genjin;

async function send(address, fields) {
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" }, body: new URLSearchParams(fields) }).catch(() => null);
  const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}").toast;
  if (told || !answer?.ok) toast(told ?? { text: answer ? words.failed : words.unsaved, tone: "bad" });
  if (answer?.headers.get("HX-Redirect")) location.href = answer.headers.get("HX-Redirect");
  return Boolean(answer?.ok);
}

// ---- a list in order: Sortable for pointers, arrow keys on the handle -------------------------------------------------
const keysOf = list => $$("[data-key-of]", list).map(item => ["keys", item.dataset.keyOf]);
let saving = 0;
function ordered(list) { clearTimeout(saving); saving = setTimeout(() => send(list.dataset.order, keysOf(list)), 400); }
for (const list of $$("[data-order]")) {
  const start = () => globalThis.Sortable.create(list, { handle: ".handle", animation: 120, draggable: "[data-key-of]", onEnd: () => ordered(list) });
  if (globalThis.Sortable) start();
  else document.head.append(Object.assign(document.createElement("script"), { src: document.body.dataset.sortableScript, onload: start }));
}
document.addEventListener("keydown", event => {
  const item = event.target.closest?.("[data-order] .handle")?.closest("[data-key-of]");
  if (!item || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const other = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  event.key === "ArrowUp" ? other.before(item) : other.after(item);
  event.target.focus();
  say(words.moved.replace("{name}", $("b", item).textContent).replace("{n}", [...item.parentElement.children].indexOf(item) + 1));
  ordered(item.parentElement);
});

// ---- a department dragged onto another; the menu does the same without dragging ---------------------------------------
let dragged = null;
const rowOf = event => event.target.closest?.("[data-tree] [data-id]");
document.addEventListener("dragstart", event => { dragged = rowOf(event); if (dragged) { event.dataTransfer.effectAllowed = "move"; dragged.classList.add("is-pending"); } });
document.addEventListener("dragend", () => { dragged?.classList.remove("is-pending"); $$("[data-tree] .over").forEach(row => row.classList.remove("over")); dragged = null; });
document.addEventListener("dragover", event => {
  const row = rowOf(event);
  if (!dragged || !row || row === dragged) return;
  event.preventDefault();
  $$("[data-tree] .over").forEach(other => other.classList.remove("over")); row.classList.add("over");
});
document.addEventListener("drop", event => {
  const row = rowOf(event);
  if (!dragged || !row || row === dragged) return;
  event.preventDefault();
  send(`${row.closest("[data-tree]").dataset.tree}/${dragged.dataset.id}/place`, { parent: row.dataset.id });
});

// ---- small things --------------------------------------------------------------------------------------------------------
document.addEventListener("click", event => {
  const all = event.target.closest?.("[data-tick-all]");
  if (all) {
    const boxes = $$("input[type=checkbox]:not(:disabled)", all.closest(".card")), on = boxes.some(box => !box.checked);
    boxes.forEach(box => { box.checked = on; }); boxes[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
const switches = $$("[data-keys-switch]");
switches.forEach(box => { box.checked = !globalThis.genjin.keysOff(); });
