// The editor of layouts: sections and fields moved by dragging (Sortable, also by touch) or by keys, said aloud.
const { $, $$, say } = globalThis.genjin;
const editor = $("[data-layout]");
const touched = item => item.dispatchEvent(new Event("input", { bubbles: true }));
const told = (words, facts) => Object.entries(facts).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words);
const isSection = item => item.matches(".lsec");
const nameOf = item => isSection(item) ? $("[data-section-name]", item).value || editor.dataset.untitled : $(".lrow b", item).textContent;
const lists = () => $$(".lfields", editor);
const sectionOf = list => list.closest(".lsec") ? nameOf(list.closest(".lsec")) : list.dataset.name;
const place = item => 1 + [...item.parentElement.children].indexOf(item);
const where = item => told(isSection(item) ? editor.dataset.orderAt : editor.dataset.at, { name: nameOf(item), section: isSection(item) ? "" : sectionOf(item.parentElement), n: place(item) });

// ---- keys: space grabs and drops, arrows move, Escape puts back -------------------------------------------------------------
let held = null;
function grab(item, handle) {
  held = { item, handle, home: item.parentElement, before: item.nextElementSibling };
  handle.setAttribute("aria-pressed", "true"); item.classList.add("is-held");
  say(told(editor.dataset.held, { name: nameOf(item) }));
}
function drop(words) {
  const { item, handle } = held;
  held = null; handle.setAttribute("aria-pressed", "false"); item.classList.remove("is-held");
  say(told(words, { name: nameOf(item) })); touched(item);
}
function step(item, up) {
  const beside = up ? item.previousElementSibling : item.nextElementSibling;
  if (beside) return up ? beside.before(item) : beside.after(item);
  if (isSection(item)) return;
  const all = lists().filter(list => !list.matches("[data-off]") || item.matches("[data-removable]")), at = all.indexOf(item.parentElement);
  const next = all[at + (up ? -1 : 1)];
  if (next) up ? next.append(item) : next.prepend(item);
}
editor?.addEventListener("keydown", event => {
  const handle = event.target.closest("[data-grab]");
  if (!handle) return;
  const item = handle.closest(handle.dataset.grab === "section" ? ".lsec" : ".lfield");
  if (event.key === " " || event.key === "Enter") { event.preventDefault(); held ? drop(editor.dataset.dropped) : grab(item, handle); }
  else if (held && ["ArrowUp", "ArrowDown"].includes(event.key)) { event.preventDefault(); step(item, event.key === "ArrowUp"); handle.focus(); item.scrollIntoView({ block: "nearest" }); say(where(item)); }
  else if (held && event.key === "Escape") { event.preventDefault(); event.stopPropagation(); held.home.insertBefore(item, held.before); handle.focus(); drop(editor.dataset.back); }
});
editor?.addEventListener("focusout", event => { if (held && event.target === held.handle) setTimeout(() => { if (held && document.activeElement !== held.handle) drop(editor.dataset.dropped); }); });

// ---- pointers and fingers ---------------------------------------------------------------------------------------------------
const ended = event => { touched(event.item); say(where(event.item)); };
const sortFields = list => globalThis.Sortable.create(list, { group: "fields", handle: ".lrow .handle", draggable: ".lfield", animation: 120, onMove: move => !move.to.matches("[data-off]") || move.dragged.matches("[data-removable]"), onEnd: ended });
function sort() {
  lists().forEach(sortFields);
  // sections are long: while one is dragged only their heads are there
  globalThis.Sortable.create($("[data-sections]", editor), {
    handle: ".ch .handle", draggable: ".lsec", animation: 120,
    onStart: () => setTimeout(() => editor.classList.add("is-sorting")),
    onEnd: event => { setTimeout(() => { editor.classList.remove("is-sorting"); event.item.scrollIntoView({ block: "nearest" }); }); ended(event); },
  });
}
if (editor) {
  if (globalThis.Sortable) sort();
  else document.head.append(Object.assign(document.createElement("script"), { src: document.body.dataset.sortableScript, onload: sort }));
}

// ---- sections added and removed, settings of a field, fields hidden and shown -----------------------------------------------------
let added = 0;
function addSection() {
  const number = ++added, made = $("#new-section").content.firstElementChild.cloneNode(true);
  made.dataset.key = `new-${number}`;
  made.innerHTML = made.innerHTML.replaceAll("new-0", `new-${number}`);
  $("[data-sections]", editor).append(made); globalThis.htmx.process(made);
  if (globalThis.Sortable) sortFields($(".lfields", made));
  $("[data-section-name]", made).focus(); touched(made);
}
function removeSection(section) {
  const neighbour = section.previousElementSibling ?? section.nextElementSibling;
  if (!neighbour) return;
  $(".lfields", neighbour).append(...$$(".lfield", section));
  section.remove(); say(editor.dataset.removed); touched(neighbour); $("[data-grab]", neighbour).focus();
}
editor?.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest(".lfield");
  if ("addSection" in button.dataset) addSection();
  if ("removeSection" in button.dataset) removeSection(button.closest(".lsec"));
  if (button.dataset.unfold) { const more = document.getElementById(button.dataset.unfold); more.hidden = !more.hidden; button.setAttribute("aria-expanded", !more.hidden); if (!more.hidden) $("input:not([type=hidden])", more).focus(); }
  if ("hide" in button.dataset) { $("[data-off]", editor).append(row); ended({ item: row }); $("[data-show]", row).focus(); }
  if ("show" in button.dataset) { ($(`.lsec[data-key="${button.dataset.home}"] .lfields`, editor) ?? lists()[0]).append(row); ended({ item: row }); $("[data-hide]", row).focus(); }
});

// ---- a formula: a field's name goes where the cursor stands -------------------------------------------------------------------------
document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-insert]"), field = button && $("[data-formula]", button.form ?? button.closest("form"));
  if (!field) return;
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus(); field.dispatchEvent(new Event("input", { bubbles: true }));
});

// ---- why it was not saved is in sight, wherever one stands in the long page --------------------------------------------------------
document.addEventListener("htmx:after:swap", () => {
  const said = $("#layout-said > .ban:not([data-met])");
  if (said) { said.dataset.met = ""; said.scrollIntoView({ block: "center" }); }
});
