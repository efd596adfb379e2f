// Forms that write follow-ups (data-compose): phrases, attachments, what belongs to old talks. Loaded when one is shown.
const { $, $$, words, make, icon, say } = genjin;
const formOf = target => target?.closest?.("form[data-compose]");
const changed = field => field.dispatchEvent(new Event("input", { bubbles: true }));

// ---- phrases: searched on the server, inserted at the cursor -------------------------------------------------------------
const pickerOf = target => target?.closest?.("[data-phrases]");
let asked = 0, wait = 0;
const answered = new WeakMap(); // the words that each list answers
async function offer(picker) {
  const mine = ++asked, field = $("input", picker), list = $("[role=listbox]", picker), form = formOf(picker), query = field.value.trim();
  const contact = form?.elements.contact?.value ?? "", join = picker.dataset.phrases.includes("?") ? "&" : "?";
  const answer = await fetch(`${picker.dataset.phrases}${join}q=${encodeURIComponent(query)}&contact=${contact}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked) return;
  if (answer?.ok) list.innerHTML = await answer.text(); else list.replaceChildren(make("div", { className: "none" }, words.failed));
  $$("[role=option]", list).forEach((option, number) => { option.id = `${list.id}-${number}`; });
  point(picker, $("[role=option]", list)); answered.set(picker, query);
}
async function take(picker, field) { // what was typed last, also when its answer is still to come
  if (answered.get(picker) !== field.value.trim()) { clearTimeout(wait); await offer(picker); }
  const option = $("[role=option][data-active]", picker);
  if (option && field === document.activeElement) insert(picker, option);
}
function point(picker, option) {
  $$("[role=option]", picker).forEach(other => { delete other.dataset.active; other.setAttribute("aria-selected", other === option); });
  const field = $("input", picker);
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.dataset.active = ""; field.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" });
}
function insert(picker, option) {
  const field = document.getElementById(picker.dataset.into), text = option.dataset.words;
  const { selectionStart: from, selectionEnd: to, value } = field, before = from && !/\s$/.test(value.slice(0, from)) ? "\n" : "";
  genjin.hidePopovers(); field.focus();
  field.setRangeText(before + text, from, to, "end"); changed(field); grow(field);
  const gap = field.value.search(/\{(客户|联系人|我|customer|contact|me)\}/); // a place without a name is filled in by hand
  if (gap >= 0) field.setSelectionRange(gap, field.value.indexOf("}", gap) + 1);
}
document.addEventListener("toggle", event => { const picker = pickerOf(event.target); if (picker === event.target && event.newState === "open") { $("input", picker).value = ""; offer(picker); } }, true);
document.addEventListener("input", event => { const picker = pickerOf(event.target); if (picker && !event.isComposing) { event.stopPropagation(); clearTimeout(wait); wait = setTimeout(() => offer(picker), 120); } }, true);
document.addEventListener("compositionend", event => { const picker = pickerOf(event.target); if (picker) offer(picker); });
document.addEventListener("click", event => { const option = event.target.closest?.("[data-phrases] [role=option]"); if (option) insert(pickerOf(option), option); });
document.addEventListener("keydown", event => {
  const picker = pickerOf(event.target);
  if (!picker || !event.target.matches("input") || event.isComposing || event.keyCode === 229) return;
  const options = $$("[role=option]", picker), at = options.findIndex(option => "active" in option.dataset);
  if (event.key === "ArrowDown") point(picker, options[(at + 1) % options.length]);
  else if (event.key === "ArrowUp") point(picker, options.at(at - 1));
  else if (event.key === "Enter") take(picker, event.target);
  else return;
  event.preventDefault(); event.stopPropagation();
}, true);

// ---- attachments: several files, a pasted picture, the camera; shown by name, each can be taken away -----------------------
function show(form) {
  const names = $$("input[data-attach]", form).flatMap(field => [...field.files].map((file, at) => [field, file, at]));
  $("[data-attached]", form)?.replaceChildren(...names.map(([field, file, at]) => {
    const remove = make("button", { type: "button", onclick: () => { keep(field, [...field.files].filter((_, other) => other !== at)); show(form); } }, icon("x", "s"));
    remove.setAttribute("aria-label", words.remove.replace("{name}", file.name));
    return make("span", { className: "bd line" }, make("span", { className: "ell" }, file.name), remove);
  }));
  store(form, names.map(([, file]) => file));
}
function keep(field, files) { const held = new DataTransfer(); files.forEach(file => held.items.add(file)); field.files = held.files; }

// ---- attachments of a draft stay in this browser for a week, within limits; saved, discarded or signed out, they are gone ----------
const WEEK = 7 * 24 * 3600e3, MOST_BYTES = 30 * 2 ** 20, MOST_FILES = 10, restored = new WeakSet();
const place = form => `${document.body.dataset.member ?? ""}:${form.dataset.draft}`;
function shelf(mode, use) { // IndexedDB may be closed: then nothing is kept, as before
  return new Promise(done => {
    let asked;
    try { asked = indexedDB.open("genjin-drafts", 1); } catch { return done(undefined); }
    asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "place" });
    asked.onerror = () => done(undefined);
    asked.onsuccess = () => {
      const work = asked.result.transaction("files", mode), answer = use(work.objectStore("files"));
      work.oncomplete = () => { asked.result.close(); done(answer?.result); };
      work.onerror = work.onabort = () => { asked.result.close(); done(undefined); };
    };
  });
}
const forget = form => shelf("readwrite", files => files.delete(place(form)));
function store(form, files) {
  if (!form.dataset.draft) return;
  restored.add(form);
  const fits = files.length <= MOST_FILES && files.reduce((sum, file) => sum + file.size, 0) <= MOST_BYTES, note = $("[data-attached]", form);
  if (note) note.title = files.length && !fits ? words.unkept : "";
  if (files.length && !fits) say(words.unkept);
  if (files.length && fits) shelf("readwrite", kept => kept.put({ place: place(form), at: Date.now(), files })); else forget(form);
}
async function restore(form) {
  const field = $("input[data-attach][multiple]", form);
  if (!field || !form.dataset.draft || restored.has(form)) return;
  restored.add(form);
  const found = await shelf("readonly", files => files.get(place(form)));
  if (!found || Date.now() - found.at > WEEK || field.files.length) return;
  keep(field, found.files); show(form); say(words.filesBack);
}
function tidy() { // what is a week old, whosever it was
  shelf("readwrite", files => { files.openCursor().onsuccess = event => { const at = event.target.result; if (at) { if (Date.now() - at.value.at > WEEK) at.delete(); at.continue(); } }; });
}
document.addEventListener("htmx:after:request", event => {
  const { ctx } = event.detail, form = formOf(ctx.sourceElement);
  if (form?.dataset.draft && ctx.request.method !== "GET" && ctx.response?.status < 400) forget(form);
});
document.addEventListener("reset", event => { const form = formOf(event.target); if (form) setTimeout(() => show(form)); });
const chosen = new WeakMap(); // a second choice adds to the first
document.addEventListener("click", event => { const field = event.target.matches?.("input[data-attach]") && event.target; if (field) chosen.set(field, [...field.files]); });
document.addEventListener("change", event => {
  const field = event.target;
  if (!field.matches?.("input[data-attach]")) return;
  keep(field, [...(chosen.get(field) ?? []), ...field.files]); chosen.delete(field); show(field.form);
});
document.addEventListener("paste", event => {
  const form = formOf(event.target), field = form && $("input[data-attach][multiple]", form), files = [...(event.clipboardData?.files ?? [])];
  if (!field || !files.length) return;
  event.preventDefault();
  const stamp = new Date().toISOString().slice(0, 19).replace(/\D/g, "");
  const named = files.map((file, at) => file.name && file.name !== "image.png" ? file : new File([file], `截图-${stamp}-${at + 1}.${file.type.split("/")[1] ?? "png"}`, { type: file.type }));
  keep(field, [...field.files, ...named]); show(form); say(named.map(file => file.name).join("、"));
});

// ---- the time limit for records: an old talk is told so at once, a very old one asks for its reason (the server decides) --------
const skew = Number(document.body.dataset.stamp) - Date.now();
function age(form) {
  const began = Date.parse(form.elements.occurred_at?.value ?? ""), minutes = Number(form.elements.minutes?.value || 0);
  const hours = Number.isNaN(began) ? 0 : (Date.now() + skew - began) / 3600e3 - minutes / 60;
  const reason = $(".late", form), note = $("[data-late-note]", form);
  if (reason && !$("[aria-invalid=true]", reason)) reason.hidden = hours <= Number(form.dataset.reasonHours) && !$("input", reason)?.value;
  if (note) { note.hidden = hours <= Number(form.dataset.lateHours); note.textContent = words.late.replace("{n}", form.dataset.lateHours); }
}
document.addEventListener("input", event => { const form = formOf(event.target); if (form && ["occurred_at", "minutes"].includes(event.target.name)) age(form); });

// ---- the words grow with what is written ---------------------------------------------------------------------------------------
function grow(field) { // by rows: htmx copies attributes when it swaps, and a style attribute is refused by the policy
  field.rows = 2; while (field.rows < 14 && field.scrollHeight > field.clientHeight) field.rows += 1;
}
document.addEventListener("input", event => { if (event.target.matches?.("form[data-compose] textarea[name=content]")) grow(event.target); });

// ---- a send that failed is said in the form too: over a dialog nobody reaches the toast. The key stays, so nothing is doubled ------
function failed(event) {
  const { ctx } = event.detail, form = formOf(ctx?.sourceElement);
  if (!form || ctx.request.method === "GET" || [401, 409, 422, 429].includes(ctx.response?.status)) return;
  $("[data-failed]", form)?.remove();
  const again = make("button", { type: "button", className: "btn sm", onclick: () => { note.remove(); form.requestSubmit(); } }, words.retry);
  const note = make("div", { className: "ban bad" }, icon("alert-triangle"), make("span", { className: "f1" }, ctx.response?.status ? words.failed : words.offline), again);
  note.dataset.failed = ""; note.setAttribute("role", "alert"); ($(".db", form) ?? form).prepend(note); again.focus();
}
document.addEventListener("htmx:error", failed);
document.addEventListener("htmx:response:error", failed);

// ---- another customer is chosen in the dialog: what was typed goes along ---------------------------------------------------------
let typed = null;
const TAKEN = new Set(["csrfmiddlewaretoken", "idempotency_key", "customer", "contact", "plan", "in_dialog"]);
document.addEventListener("htmx:before:request", event => {
  const source = event.detail.ctx.sourceElement;
  if (source.name === "customer" && formOf(source)) typed = [...new FormData(formOf(source))].filter(([name, value]) => typeof value === "string" && value && !TAKEN.has(name));
});
document.addEventListener("htmx:after:swap", () => {
  const form = $("dialog[open] form[data-compose]") ?? $("main form[data-compose]");
  $$("form[data-compose]").forEach(age); $$("form[data-compose]").forEach(restore);
  if (!form || !typed) return;
  if (typed.some(([name]) => name === "content" || name === "next_step")) for (const [name, value] of typed) put(form, name, value);
  typed = null; genjin.kept.drop("draft:followup.new");
  const words_ = form.elements.content; if (words_) { grow(words_); words_.focus(); }
});
function put(form, name, value) {
  const control = form.elements[name];
  if (!control || control.type === "hidden") return;
  if (control instanceof RadioNodeList && control[0]?.type === "checkbox") $$(`[name="${name}"]`, form).forEach(box => { box.checked ||= box.value === value; });
  else if (control.type === "checkbox") control.checked = true;
  else control.value = value;
}
$$("form[data-compose]").forEach(age);
$$("form[data-compose]").forEach(restore); tidy();
