// Lists and forms: selection, keys, row actions, columns, comboboxes, region cascades, drafts, unsaved changes.
const { $, $$, words, make, icon, kept, csrf, say, toast, typing, keysOff } = genjin;

// ---- rows: selection and the bulk bar --------------------------------------------------------------------------------
const rows = () => $$(".dt tbody tr[data-id]");
const boxOf = row => $(".sel .cb", row);
let anchor = null;
function select(row, on) { const box = boxOf(row); if (box) { box.checked = on; row.setAttribute("aria-selected", on); } }
function showSelection() {
  const bulk = $("#bulk"), all = rows(), chosen = all.filter(row => boxOf(row)?.checked), head = $(".dt thead .cb");
  if (head) { head.checked = chosen.length > 0 && chosen.length === all.length; head.indeterminate = chosen.length > 0 && chosen.length < all.length; }
  if (!bulk) return;
  if (bulk.hidden !== !chosen.length) { bulk.hidden = !chosen.length; if (chosen.length) say(words.selected.replace("{n}", chosen.length)); }
  const total = $("#count")?.textContent ?? "", every = $("[data-every]", bulk);
  $("[data-count]", bulk).textContent = bulk.dataset.all ? total : chosen.length;
  if (every) every.hidden = !head?.checked || head.indeterminate || Boolean(bulk.dataset.all) || !$(".pager a");
  $("#bulk-all").value = bulk.dataset.all ?? "";
}
function clearSelection() { rows().forEach(row => select(row, false)); delete $("#bulk")?.dataset.all; showSelection(); }
document.addEventListener("change", event => {
  const box = event.target;
  if (!box.matches(".dt .cb")) return;
  delete $("#bulk")?.dataset.all;
  if (box.closest("thead")) rows().forEach(row => select(row, box.checked));
  else select(box.closest("tr"), box.checked);
  showSelection();
});
document.addEventListener("click", event => {
  const box = event.target.closest?.(".dt tbody .cb");
  if (box) {
    const row = box.closest("tr"), all = rows();
    if (event.shiftKey && anchor?.isConnected) { const [from, to] = [all.indexOf(anchor), all.indexOf(row)].sort((a, b) => a - b); all.slice(from, to + 1).forEach(each => select(each, box.checked)); showSelection(); }
    anchor = row;
  }
  if (event.target.closest?.("[data-unselect]")) clearSelection();
  if (event.target.closest?.("[data-every]")) { $("#bulk").dataset.all = "1"; showSelection(); }
});
document.addEventListener("rows:done", clearSelection);
document.addEventListener("click", event => { // pages of the list as it is filtered now: the menu is older than that
  const link = event.target.closest?.("a[data-filtered]");
  if (link) link.search = new URLSearchParams($$("#state input,.top [name=q]").filter(field => field.value).map(field => [field.name, field.value]));
}, true);

// ---- rows: one set of row actions moves to the row that is pointed at or holds the focus ------------------------------
function offerActions(row) {
  const cell = row && $(".acts", row), tools = $("#row-actions");
  if (!cell || !tools || cell.firstElementChild) return;
  const bar = $("#row-bar") ?? tools.content.firstElementChild.cloneNode(true);
  for (const tool of $$("[data-row]", bar)) { // a fresh button: htmx binds its address when it first sees it
    const fresh = tool.cloneNode(true);
    for (const name of ["href", "hx-get"]) if (tool.dataset[name === "href" ? "href" : "get"]) fresh.setAttribute(name, tool.dataset[name === "href" ? "href" : "get"].replace("{id}", row.dataset.id));
    fresh.setAttribute("aria-label", `${fresh.title}：${$(".name a", row)?.textContent ?? ""}`);
    tool.replaceWith(fresh);
  }
  cell.append(bar); htmx.process(bar);
}
document.addEventListener("pointerover", event => offerActions(event.target.closest?.(".dt tbody tr[data-id]")));
document.addEventListener("focusin", event => offerActions(event.target.closest?.(".dt tbody tr[data-id]")));

let held = null; // the row that holds the focus: drawn anew or gone, the focus stays where it was
document.addEventListener("focusin", event => {
  const row = event.target.closest?.(".dt tbody tr[data-id]");
  if (row) held = { id: row.dataset.id, at: rows().indexOf(row), cell: event.target.matches("button") ? event.target.closest("td")?.cellIndex : -1 };
  else if (!event.target.closest?.("dialog,.toasts")) held = null;
});
document.addEventListener("htmx:after:swap", () => {
  if (!held || document.activeElement !== document.body || $("dialog[open]")) return;
  const all = rows(), row = all.find(each => each.dataset.id === held.id) ?? all[Math.min(held.at, all.length - 1)];
  if (!row) return;
  const { cell } = held; // a link takes the focus while the button waits for its answer: it is the button's place all the same
  ($("button:not([disabled])", row.cells[cell] ?? make("td")) ?? $(".name a", row))?.focus({ preventScroll: true });
  held = { id: row.dataset.id, at: all.indexOf(row), cell };
});

// ---- rows: j k x Enter, Escape ------------------------------------------------------------------------------------------
const current = () => $(".dt tr.is-at") ?? document.activeElement.closest?.(".dt tbody tr");
function goTo(row) {
  $$(".dt tr.is-at").forEach(other => other.classList.remove("is-at"));
  row.classList.add("is-at"); $(".name a", row)?.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !$("dialog[open]") && !$("#bulk")?.hidden && $("#bulk")) return clearSelection();
  if (event.isComposing || event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || keysOff() || $("dialog[open]")) return;
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  if (event.key === "j" || event.key === "k") { goTo(all[Math.max(0, Math.min(all.length - 1, at + (event.key === "j" ? 1 : -1)))]); event.preventDefault(); }
  if (event.key === "x" && at >= 0) { select(all[at], !boxOf(all[at]).checked); showSelection(); event.preventDefault(); }
  if (event.key === "Enter" && at >= 0 && event.target === document.body) $(".name a", all[at])?.click();
});
document.addEventListener("click", event => { // remember the order of rows, so that a record knows its neighbours
  const link = event.target.closest?.(".dt .name a");
  if (link) try { sessionStorage.setItem("rows", JSON.stringify({ from: location.pathname + location.search, hrefs: $$(".dt .name a").map(a => a.getAttribute("href")) })); } catch { /* closed */ }
}, true);
function neighbours() {
  const place = $("[data-neighbours]");
  if (!place) return;
  let kept = null;
  try { kept = JSON.parse(sessionStorage.getItem("rows")); } catch { /* closed */ }
  const at = kept?.hrefs.indexOf(location.pathname) ?? -1;
  if (at < 0) return;
  place.hidden = false;
  $("[data-place]", place).textContent = `${at + 1} / ${kept.hrefs.length}`;
  for (const [key, step] of [["[", -1], ["]", 1]]) { const link = $(`[data-key="${key}"]`, place), href = kept.hrefs[at + step]; if (href) link.href = href; else { link.setAttribute("aria-disabled", "true"); link.removeAttribute("href"); } }
  $$("[data-back-to-list]").forEach(link => { link.href = kept.from; });
}
neighbours();

// ---- columns: drag (Sortable, loaded on opening) or arrow keys on the grip -------------------------------------------------
document.addEventListener("htmx:after:swap", () => { // they come after the pop-over is open
  const list = $(".cols [data-sort]");
  if (!list || list.dataset.ready) return;
  list.dataset.ready = "1";
  const start = () => globalThis.Sortable.create(list, { handle: ".grip", animation: 120, draggable: ".mi:not([data-fixed])", onMove: move => !move.related.matches("[data-fixed]") });
  if (globalThis.Sortable) start(); else document.head.append(make("script", { src: document.body.dataset.sortableScript, onload: start }));
});
document.addEventListener("keydown", event => {
  const grip = event.target.closest?.(".grip");
  if (!grip || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const item = grip.closest(".mi"), other = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
  if (!other || other.matches("[data-fixed]")) return;
  event.key === "ArrowUp" ? other.before(item) : other.after(item);
  grip.focus(); say(words.moved.replace("{name}", $(".f1", item).textContent).replace("{n}", [...item.parentElement.children].indexOf(item) + 1));
});

// ---- combobox: searches on the server, one or several choices -----------------------------------------------------------------
const asking = new WeakMap();
const listOf = box => $("[role=listbox]", box), fieldOf = box => $("[role=combobox]", box);
async function lookUp(box) {
  const field = fieldOf(box), list = listOf(box), turn = (asking.get(box)?.turn ?? 0) + 1;
  asking.set(box, { turn });
  const join = box.dataset.src.includes("?") ? "&" : "?", untouched = field.value === (field.dataset.text ?? ""); // opened, not typed in: all
  const answer = await fetch(`${box.dataset.src}${join}q=${untouched ? "" : encodeURIComponent(field.value.trim())}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (asking.get(box).turn !== turn) return;
  delete box.dataset.stale;
  if (answer?.ok) list.innerHTML = await answer.text(); else list.replaceChildren(make("div", { className: "none" }, words.failed));
  const chosen = new Set($$("[data-picked]", box).map(each => each.dataset.picked));
  $$("[role=option]", list).forEach((option, number) => { option.id = `${list.id}-${number}`; if (chosen.has(option.dataset.value)) option.setAttribute("aria-selected", "true"); });
  if (!box.contains(document.activeElement) && !box.closest(".build")) return; // the answer came after one had left
  show(box, true); point(box, $("[role=option]", list));
}
function hush(box) { // close the list, and let no answer on its way open it again
  clearTimeout(timers.get(box)); delete box.dataset.stale; asking.set(box, { turn: (asking.get(box)?.turn ?? 0) + 1 }); show(box, false);
}
function show(box, open) { listOf(box).hidden = !open; fieldOf(box).setAttribute("aria-expanded", open); if (!open) fieldOf(box).removeAttribute("aria-activedescendant"); }
function point(box, option) {
  $$("[data-active]", box).forEach(other => delete other.dataset.active);
  if (!option) return;
  option.dataset.active = ""; fieldOf(box).setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" });
}
function take(box, option) {
  const { value, text } = option.dataset, field = fieldOf(box);
  if ("multiple" in box.dataset) {
    const there = $$("[data-picked]", box).find(each => each.dataset.picked === value);
    if (there) there.remove(); else $(".picked", box).append(pickedChip(box.dataset.name, value, text));
    field.value = ""; changed(field);
    if (box.closest(".build")) lookUp(box); else { hush(box); field.focus(); } // elsewhere the list would lie over the form's buttons
  } else {
    const hidden = $("input[type=hidden]", box);
    hidden.value = value; field.value = text; field.dataset.text = text; $("[data-clear]", box).hidden = false; hush(box);
    hidden.dispatchEvent(new Event("change", { bubbles: true })); changed(field);
  }
}
function pickedChip(name, value, text) {
  const remove = make("button", { type: "button" }, icon("x", "s"));
  remove.dataset.unpick = ""; remove.setAttribute("aria-label", words.remove.replace("{name}", text));
  const chip = make("span", { className: "bd line" }, make("input", { type: "hidden", name, value }), make("span", {}, text), remove);
  chip.dataset.picked = value; return chip;
}
const changed = field => field.dispatchEvent(new Event("input", { bubbles: true }));
const timers = new WeakMap();
const soon = box => { box.dataset.stale = ""; clearTimeout(timers.get(box)); timers.set(box, setTimeout(() => lookUp(box), 120)); };
document.addEventListener("input", event => { const box = event.target.closest?.("[data-combobox]"); if (box && event.isTrusted && !event.isComposing && event.target.matches("[role=combobox]")) soon(box); });
document.addEventListener("compositionend", event => { const box = event.target.closest?.("[data-combobox]"); if (box) soon(box); });
document.addEventListener("focusin", event => { const box = event.target.matches?.("[data-combobox] [role=combobox]") && event.target.closest("[data-combobox]"); if (box) { event.target.dataset.text ??= event.target.value; event.target.select(); } });
document.addEventListener("focusout", event => {
  const box = event.target.closest?.("[data-combobox]");
  if (!box || box.contains(event.relatedTarget)) return;
  if (!box.closest(".build")) hush(box); // in the filter builder the list stands in the flow: hiding it would move the button
  const field = fieldOf(box);
  if (!("multiple" in box.dataset)) { if (!field.value.trim()) clear(box); else field.value = field.dataset.text ?? field.value; } else field.value = "";
});
function clear(box) { const hidden = $("input[type=hidden]", box), field = fieldOf(box); if (hidden.value) { hidden.value = ""; hidden.dispatchEvent(new Event("change", { bubbles: true })); } field.value = ""; field.dataset.text = ""; $("[data-clear]", box).hidden = true; }
document.addEventListener("mousedown", event => { if (event.target.closest?.(".cbx-list")) event.preventDefault(); });
document.addEventListener("pointerdown", event => { // outside, also where a click moves no focus
  for (const box of $$("[data-combobox]:has([aria-expanded=true])")) if (!box.contains(event.target) && !box.closest(".build")) hush(box);
}, true);
document.addEventListener("click", event => {
  const box = event.target.closest?.("[data-combobox]");
  if (!box) return;
  const option = event.target.closest("[role=option]"), unpick = event.target.closest("[data-unpick]");
  if (option) take(box, option);
  else if (unpick) { unpick.closest("[data-picked]").remove(); changed(fieldOf(box)); fieldOf(box).focus(); }
  else if (event.target.closest("[data-clear]")) { clear(box); changed(fieldOf(box)); fieldOf(box).focus(); }
  else if (event.target.matches("[role=combobox]") && listOf(box).hidden) lookUp(box);
});
document.addEventListener("keydown", event => {
  const box = event.target.matches?.("[role=combobox]") && event.target.closest("[data-combobox]");
  if (!box || event.isComposing || event.keyCode === 229) return;
  const list = listOf(box), options = $$("[role=option]", list), at = options.findIndex(option => "active" in option.dataset);
  if (event.key === "ArrowDown" && list.hidden) lookUp(box);
  else if (event.key === "ArrowDown") point(box, options[(at + 1) % options.length]);
  else if (event.key === "ArrowUp") point(box, options.at(at - 1));
  else if (event.key === "Enter" && "stale" in box.dataset) { clearTimeout(timers.get(box)); lookUp(box).then(() => { const first = $("[role=option]", list); if (first) take(box, first); }); } // quicker than the answer
  else if (event.key === "Enter" && !list.hidden) { if (options[at]) take(box, options[at]); }
  else if (event.key === "Escape" && (!list.hidden || "stale" in box.dataset)) hush(box);
  else if (event.key === "Backspace" && !event.target.value && "multiple" in box.dataset) { const last = $$("[data-picked]", box).at(-1); if (last) { last.remove(); changed(event.target); } return; }
  else return;
  event.preventDefault(); event.stopPropagation();
}, true);

// ---- 省 / 市 / 区 ------------------------------------------------------------------------------------------------------------
document.addEventListener("change", async event => {
  const cascade = event.target.closest?.("[data-cascade]");
  if (!cascade || !event.target.matches("select")) return;
  const selects = $$("select", cascade), level = selects.indexOf(event.target), next = selects[level + 1];
  $("input[type=hidden]", cascade).value = event.target.value || (level ? selects[level - 1].value : "");
  changed($("input[type=hidden]", cascade));
  selects.slice(level + 1).forEach(each => { each.length = 1; each.disabled = true; });
  if (!next || !event.target.value) return;
  const join = cascade.dataset.src.includes("?") ? "&" : "?";
  const answer = await fetch(`${cascade.dataset.src}${join}parent=${encodeURIComponent(event.target.value)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) { next.insertAdjacentHTML("beforeend", await answer.text()); next.disabled = next.length === 1; } else toast({ text: words.unread, tone: "bad" });
});

// ---- fields that are shown, and asked for, only when others say so (the server obeys the same: kernel/conditions.py) ---------------------
const NOTHING = new Set([undefined, null, "", false]);
const nothing = value => NOTHING.has(value) || Array.isArray(value) && !value.length;
const said = value => value === true ? "1" : nothing(value) ? "" : String(value);
const ordered = value => { const text = said(value).replaceAll(",", ""); return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text; };
function holds([key, operator, wanted], values) {
  const value = values[key];
  if (operator === "filled" || operator === "empty") return nothing(value) === (operator === "empty");
  if (operator === "in" || operator === "not") return (Array.isArray(value) ? value : [value]).some(one => wanted.map(said).includes(said(one))) === (operator === "in");
  const mine = ordered(value), other = ordered(wanted[0]);
  return !nothing(value) && typeof mine === typeof other && (operator === "gte" ? mine >= other : mine <= other);
}
function valueIn(form, key) {
  if ($(`[data-multiple][data-name="${key}"]`, form)) return $$(`[data-multiple][data-name="${key}"] [data-picked]`, form).map(each => each.dataset.picked);
  if ($(`[data-files][data-name="${key}"]`, form)) return $$(`[data-files][data-name="${key}"] [data-held]`, form).map(each => each.dataset.held);
  const boxes = $$(`[name="${key}"]`, form);
  if (boxes[0]?.type === "radio") return boxes.find(box => box.checked)?.value ?? "";
  if (boxes[0]?.closest(".opt")) return boxes.filter(box => box.checked).map(box => box.value);
  return boxes[0]?.type === "checkbox" ? boxes[0].checked : boxes[0]?.value;
}
function obey(form) {
  const { shown, required, stands } = JSON.parse(form.dataset.conditions), hidden = new Set();
  const keys = new Set([...Object.values(shown), ...Object.values(required)].flat().map(rule => rule[0]));
  const placeOf = key => $(`.fld[data-field$="-${CSS.escape(key)}"]`, form);
  let values, more;
  do {
    values = { ...stands };
    for (const key of keys) { const value = hidden.has(key) ? undefined : valueIn(form, key); if (value !== undefined) values[key] = value; }
    more = Object.keys(shown).filter(key => !hidden.has(key) && !shown[key].every(rule => holds(rule, values)));
    more.forEach(key => hidden.add(key));
  } while (more.length);
  for (const key of Object.keys(shown)) { const place = placeOf(key); if (place) place.hidden = hidden.has(key); }
  for (const [key, rules] of Object.entries(required)) {
    const place = placeOf(key), asked = rules.every(rule => holds(rule, values));
    if (!place) continue;
    $(".lbl", place)?.classList.toggle("req", asked);
    document.getElementById(place.dataset.field)?.setAttribute("aria-required", asked);
  }
  for (const group of $$(".fs,.more", form)) group.hidden = !$$(".fld", group).some(field => !field.hidden);
}
const conditions = () => $$("form[data-conditions]").forEach(obey);
for (const name of ["input", "change"]) document.addEventListener(name, event => { const form = event.target.closest?.("form[data-conditions]"); if (form) obey(form); });
document.addEventListener("reset", event => { if (event.target.matches("[data-conditions]")) setTimeout(() => obey(event.target)); });

// ---- drafts (data-draft) outlive a failed send; forms without one (data-guard) ask before leaving ----------------------------------
const SKIP = new Set(["csrfmiddlewaretoken", "version", "customer", "in_dialog", "drawn"]);
const draftKey = form => `draft:${form.dataset.draft}`;
function keepDraft(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && value && !SKIP.has(name) && (name !== "idempotency_key" || "keepsKey" in form.dataset) && form.elements[name]?.type !== "password");
  if (fields.some(([name]) => name !== "idempotency_key")) kept.set(draftKey(form), fields); else kept.drop(draftKey(form));
}
function restoreDraft(form) {
  const fields = kept.get(draftKey(form));
  if (!fields || form.dataset.restored || $("[aria-invalid=true]", form)) return;
  form.dataset.restored = "1";
  let touched = false;
  for (const [name, value] of fields) {
    const control = form.elements[name];
    if (name === "idempotency_key" && control) { control.value = value; continue; } // sent before, perhaps: not twice
    if (control instanceof RadioNodeList && control[0]?.type === "checkbox") { $$(`[name="${name}"][value="${CSS.escape(value)}"]`, form).forEach(box => { touched ||= !box.checked; box.checked = true; }); continue; }
    if (!control || control.length !== undefined && !control.options && control[0]?.type !== "radio" || control.type === "hidden") continue;
    if (control.type === "checkbox") { touched ||= !control.checked; control.checked = true; } else if (control.value !== value) { control.value = value; touched = true; }
  }
  if (!touched) return;
  const drop = make("button", { type: "button", className: "btn sm", onclick: () => { kept.drop(draftKey(form)); form.reset(); delete form.dataset.changed; note.remove(); $("textarea", form)?.focus(); } }, words.discard);
  const note = make("div", { className: "ban info" }, icon("history"), make("span", { className: "f1" }, words.draft), drop);
  ($(".db", form) ?? form).prepend(note);
}
const drafts = () => $$("form[data-draft]").forEach(restoreDraft);
let saving = 0;
document.addEventListener("input", event => {
  const form = event.target.closest?.("form[data-guard],form[data-draft]");
  if (!form) return;
  form.dataset.changed = "1";
  if (form.dataset.draft) { clearTimeout(saving); saving = setTimeout(() => keepDraft(form), 300); }
});
const flush = form => { if (form.dataset.draft && form.dataset.changed) { clearTimeout(saving); keepDraft(form); } };
document.addEventListener("htmx:before:request", event => { const form = event.detail.ctx.sourceElement.closest("form[data-draft]"); if (form) flush(form); });
addEventListener("pagehide", () => $$("form[data-draft]").forEach(flush)); // a closed tab
document.addEventListener("htmx:after:request", event => {
  const { ctx } = event.detail, form = ctx.sourceElement.closest("form");
  if (form && ctx.request.method !== "GET" && ctx.response.status < 400) { clearTimeout(saving); delete form.dataset.changed; if (form.dataset.draft) kept.drop(draftKey(form)); }
});
document.addEventListener("htmx:after:swap", () => { drafts(); conditions(); showSelection(); });
drafts(); conditions();

// ---- search while typing (not while composing), the builder closes when it has filtered, popovers keep their place ---------------------
let typed = 0;
const tell = field => { clearTimeout(typed); typed = setTimeout(() => field.dispatchEvent(new CustomEvent("typed", { bubbles: true })), 250); };
document.addEventListener("input", event => { if (event.target.matches("[data-typed]") && !event.isComposing) tell(event.target); });
document.addEventListener("compositionend", event => { if (event.target.matches("[data-typed]")) tell(event.target); });
document.addEventListener("htmx:before:request", event => { if (event.detail.ctx.sourceElement.matches("[data-filter-form],.cols form")) genjin.hidePopovers(); });

// ---- lines that can be added and removed (conditions, options) ------------------------------------------------------------------------
document.addEventListener("click", event => {
  const line = event.target.closest?.("[data-drop-line]")?.parentElement;
  if (!line) return;
  const next = $("select,input:not([type=hidden])", line.nextElementSibling ?? line.parentElement.nextElementSibling ?? line.parentElement) ?? line.parentElement.nextElementSibling;
  changed(line); line.remove(); next?.focus();
});
document.addEventListener("change", event => { const box = event.target.matches?.("[data-when] [type=radio]") && $(`[data-when-box="${event.target.name}"]`, event.target.closest("[data-when]")); if (box) box.hidden = event.target.value !== "when"; });
document.addEventListener("paste", event => { // several lines at once become several options
  const row = event.target.closest?.(".optrow"), parts = row ? event.clipboardData.getData("text").split(/[\n\t]+/).map(part => part.trim()).filter(Boolean) : [];
  if (parts.length < 2) return;
  event.preventDefault(); event.target.value = parts[0];
  let last = row;
  for (const part of parts.slice(1)) { const more = row.cloneNode(true); $("input", more).value = part; $("select", more).value = ""; last.after(more); last = more; }
  changed(event.target);
});
document.addEventListener("keydown", event => { // Enter goes to the next option instead of sending the form
  const row = event.key === "Enter" && !event.isComposing && event.target.matches?.(".optrow input") && event.target.closest(".optrow");
  if (!row) return;
  event.preventDefault();
  if (row.nextElementSibling) $("input", row.nextElementSibling).focus(); else $("[data-add-line]", row.closest("fieldset"))?.click();
});
document.addEventListener("htmx:after:swap", event => { const list = event.detail.ctx.target; if (list?.matches?.(".optrows,.conds")) $("input:not([type=hidden]),select", list.lastElementChild)?.focus(); });

// ---- small form behaviours --------------------------------------------------------------------------------------------------------
document.addEventListener("change", event => { if (event.target.closest?.("[data-autosubmit]")) event.target.form?.requestSubmit(); });
document.addEventListener("htmx:after:swap", event => { // an edit in place: into its field, and back when saved or given up
  const { target } = event.detail.ctx;
  if (!target?.matches?.("dd")) return;
  const form = $("[data-inline]", target), lost = document.activeElement === document.body;
  if (form) ($("[aria-invalid=true]", form) ?? $("input:not([type=hidden]),select,textarea", form))?.focus();
  else if (lost) $("button.ed", target)?.focus({ preventScroll: true });
});
document.addEventListener("keydown", event => { if (event.key === "Escape" && event.target.closest?.("[data-inline]")) { event.preventDefault(); $("[data-cancel]", event.target.closest("[data-inline]"))?.click(); } });
document.addEventListener("focusin", event => { if (event.target.matches("[data-opens]>textarea")) event.target.form.classList.add("is-open"); }); // its further fields stay once shown
document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-focus],[data-ahead]");
  if (button?.dataset.focus) { const field = document.getElementById(button.dataset.focus); field?.scrollIntoView({ block: "center" }); field?.focus(); }
  if (button?.dataset.ahead) fillAhead(button.dataset.ahead, document.getElementById(button.dataset.for));
});
function fillAhead(days, field) { // counted from the day of the click, past days off; the time already chosen stays
  const day = new Date(), two = number => String(number).padStart(2, "0"), off = new Set((field.form?.dataset.off ?? "").split(" "));
  const text = () => `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  if (days === "month") { const same = day.getDate(); day.setMonth(day.getMonth() + 1, 1); day.setDate(Math.min(same, new Date(day.getFullYear(), day.getMonth() + 1, 0).getDate())); }
  else day.setDate(day.getDate() + (days === "week" ? (8 - day.getDay()) % 7 || 7 : Number(days)));
  while (off.has(text())) day.setDate(day.getDate() + 1);
  field.value = `${text()}T${field.value.slice(11) || "09:00"}`;
  changed(field);
}

// ---- parts that must make a whole: how much is missing is told while they are typed -------------------------------------------------------
function summed() {
  for (const box of $$("[data-sum]")) {
    const cents = $$("[data-part]", box).reduce((sum, part) => sum + Math.round((Number.parseFloat(part.value) || 0) * 100), 0), gap = 100 * box.dataset.sum - cents;
    const told = $("[data-sum-told]", box), words = gap ? told.dataset[gap > 0 ? "short" : "over"] : told.dataset.right;
    const text = words.replace("{total}", cents / 100).replace("{gap}", Math.abs(gap) / 100);
    if (told.textContent !== text) told.textContent = text;
    told.classList.toggle("bad-t", gap !== 0); told.classList.toggle("ok-t", gap === 0);
  }
}
document.addEventListener("input", event => { if (event.target.closest?.("[data-sum]")) setTimeout(summed); });
document.addEventListener("htmx:after:swap", () => setTimeout(summed));
summed();

// ---- words to take along ------------------------------------------------------------------------------------------------
document.addEventListener("click", async event => {
  const copy = event.target.closest?.("[data-copy]"), shown = copy && document.getElementById(copy.dataset.copy);
  if (!shown) return;
  getSelection().selectAllChildren(shown);
  try { await navigator.clipboard.writeText(shown.textContent); } catch { document.execCommand("copy"); }
  copy.lastChild.textContent = words.copied;
  say(words.copied);
});
