// Imports: a file is sent with a bar that grows; rows are mended by keyboard. Everything else is htmx.
const { $, $$, csrf, toast, words } = globalThis.genjin;

// ---- upload: dropped or chosen is sent at once; without this script the form's button sends it -------------------------
const fileOf = form => $("input[type=file]", form)?.files[0];
const size = bytes => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
function send(form) {
  const file = fileOf(form), bar = $("[data-uploading]", form);
  if (!file || form.dataset.sending) return;
  if (file.size > Number(form.dataset.most)) return toast({ text: form.dataset.tooLarge, tone: "bad" });
  const asked = new XMLHttpRequest(), meter = $("progress", bar);
  const stop = () => { delete form.dataset.sending; bar.hidden = true; $("[type=submit]", form)?.removeAttribute("aria-busy"); };
  form.dataset.sending = "1"; bar.hidden = false; meter.value = 0;
  $("[data-upload-name]", bar).textContent = file.name; $("[data-upload-done]", bar).textContent = size(file.size);
  $("[type=submit]", form).setAttribute("aria-busy", "true");
  asked.open("POST", form.action);
  asked.setRequestHeader("HX-Request", "true"); asked.setRequestHeader("X-CSRFToken", csrf()); asked.setRequestHeader("HX-Current-URL", location.href);
  asked.upload.onprogress = event => { if (event.lengthComputable) meter.value = Math.round(100 * event.loaded / event.total); };
  asked.onerror = () => { stop(); toast({ text: words.offline, tone: "bad", retry: () => send(form) }); };
  asked.onload = () => {
    const to = asked.getResponseHeader("HX-Redirect");
    if (to) { location.href = to; return; } // the bar stays until the next page is there
    stop();
    if (asked.status === 422 || asked.status === 413) return refused(form, asked.responseText);
    toast({ text: words.failed, tone: "bad", retry: () => send(form) });
  };
  asked.send(new FormData(form));
}
function refused(form, html) { // the answer is the page; its form says what is wrong
  const there = new DOMParser().parseFromString(html, "text/html").querySelector("#upload .fld .err"), field = $("input[type=file]", form);
  $(".fld .err", form)?.remove(); field.value = "";
  if (!there) return toast({ text: form.dataset.tooLarge, tone: "bad" });
  there.setAttribute("role", "alert"); field.setAttribute("aria-invalid", "true"); field.closest("label").after(document.importNode(there, true)); field.focus();
}
document.addEventListener("keydown", event => { // Enter chooses a file as Space does
  if (event.key !== "Enter" || !event.target.matches?.("[data-upload] input[type=file]")) return;
  event.preventDefault(); event.target.click();
});
document.addEventListener("change", event => { const form = event.target.closest?.("[data-upload]"); if (form && event.target.type === "file" && fileOf(form)) send(form); });
document.addEventListener("submit", event => { if (event.target.matches("[data-upload]") && fileOf(event.target)) { event.preventDefault(); send(event.target); } }, true);
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, event => { // a file that misses the zone is not opened
  const form = $("[data-upload]");
  if (!form || !event.dataTransfer?.types.includes("Files") || event.target.closest?.("[data-drop]")) return;
  event.preventDefault();
  if (kind === "drop") { const field = $("input[type=file]", form); field.files = event.dataTransfer.files; field.dispatchEvent(new Event("change", { bubbles: true })); }
});

// ---- columns: Enter in a field chooses there and sends nothing; Ctrl Enter checks -----------------------------------------
document.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.metaKey && !event.ctrlKey && event.target.matches?.("[data-columns] input")) event.preventDefault();
});
// wherever one stands, but in a row that is being mended and beside a duplicate
document.addEventListener("keydown", event => {
  const go = event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.isComposing && $(".imbar [type=submit]:not([disabled])");
  if (!go || event.target.closest?.("[data-mend],#duplicates,dialog")) return;
  event.preventDefault(); event.stopPropagation(); go.click();
}, true);

// ---- which value stands after the decision about a duplicate (the server says the same when it draws) ----------------------
document.addEventListener("change", event => {
  if (event.target.name !== "decision" || !event.target.closest("#duplicates")) return;
  for (const right of $$("#duplicates [data-right]")) {
    const left = right.previousElementSibling, has = side => side.textContent.trim() !== "—", same = left.textContent === right.textContent, to = event.target.value;
    const keep = to === "create" || same ? null : to === "overwrite" ? (has(right) ? right : left) : to === "fill" ? (has(left) ? left : right) : has(left) ? left : null;
    left.classList.toggle("pick", keep === left); right.classList.toggle("pick", keep === right);
  }
});

// ---- mending: Enter sends a row (the form's own), Escape puts it back, then the next row's button has the focus, or its own ----
document.addEventListener("keydown", event => {
  const form = event.target.closest?.("[data-mend]");
  if (!form || event.isComposing || event.key !== "Escape") return;
  event.preventDefault(); event.stopPropagation(); $("[data-mend-cancel]", form)?.click();
}, true);
let putBack = "";
document.addEventListener("click", event => { if (event.target.closest?.("[data-mend-cancel]")) putBack = event.target.closest("[data-row]").dataset.row; }, true);
document.addEventListener("htmx:after:swap", event => {
  const target = event.detail.ctx?.sourceElement, row = target?.closest?.("[data-row]")?.dataset.row;
  if (!row) return;
  const form = $(`#row-${row} [data-mend]`);
  if (form) { const field = $("[aria-invalid=true]", form) ?? $("input:not([type=hidden]),select", form); field?.focus(); field?.select?.(); return; }
  const all = $$("[data-row]"), at = all.findIndex(each => each.dataset.row === row), stays = putBack === row ? 0 : 1;
  putBack = "";
  all.slice(at + stays).concat(all.slice(0, Math.max(at, 0))).map(each => $("[data-mend-open]", each)).find(Boolean)?.focus();
});
