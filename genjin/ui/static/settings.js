// Settings: order of options by dragging or arrow keys, departments dragged onto others, grants ticked.
const { $, $$, words, csrf, say, toast } = globalThis.genjin;
const here = $(".set>nav [aria-current]"); // on the phone the sections lie in a row: the one that is open stands in sight
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;

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

// ---- rights to fields: found by name, a whole group at once, how many are limited ----------------------------------------
const limits = $$("[data-field-rights] details");
const shownCount = part => {
  const told = $("[data-limited]", part), n = $$("select[name]", part).filter(one => one.value !== "edit").length;
  told.textContent = n ? told.dataset.some.replace("{n}", n) : told.dataset.none;
};
document.addEventListener("change", event => {
  const all = event.target.closest?.("[data-set-group]"), part = event.target.closest?.("[data-field-rights] details");
  if (!part) return;
  if (all?.value) {
    $$("li:not([hidden]) select[name]", all.closest("[data-group]")).forEach(one => {
      const fits = [...one.options].find(option => option.value === all.value && !option.disabled);
      if (fits) one.value = all.value;
    });
    all.value = "";
  }
  shownCount(part);
});
document.addEventListener("input", event => {
  if (!event.target.matches?.("[data-filter-fields]")) return;
  const asked = event.target.value.trim().toLowerCase();
  let any = false;
  limits.forEach(part => {
    let here = 0;
    $$("[data-group]", part).forEach(group => {
      const lines = $$("[data-field-name]", group);
      lines.forEach(line => { line.hidden = Boolean(asked) && !line.dataset.fieldName.toLowerCase().includes(asked); });
      const left = lines.filter(line => !line.hidden).length; group.hidden = !left; here += left;
    });
    part.hidden = !here; any ||= here > 0;
    if (asked) part.open = here > 0;
  });
  $("[data-no-fields]").hidden = any;
});
