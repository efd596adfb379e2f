// File fields: uploaded as soon as they are chosen, dropped or taken by the camera; ordered, removed; kept in drafts by their ids.
const { $, $$, words, make, csrf, say, kept } = globalThis.genjin;
const boxOf = node => node.closest?.("[data-files]");
const listOf = box => $(".held-list", box);
const touched = box => box.dispatchEvent(new Event("input", { bubbles: true }));
const named = (text, name) => text.replace("{name}", name);
function wrong(box, text, html = "") { const note = $("[data-files-wrong]", box); note.hidden = !text && !html; if (html) note.innerHTML = html; else note.textContent = text; }
const busy = (box, more) => { box.dataset.busy = Number(box.dataset.busy ?? 0) + more; box.toggleAttribute("aria-busy", box.dataset.busy > 0); };

async function upload(box, file) {
  const line = make("li", { className: "waits" }, make("span", { className: "f1 ell" }, named(words.uploading, file.name)));
  listOf(box).append(line); busy(box, 1);
  const body = new FormData(); body.append("upload", file, file.name);
  const answer = await fetch(box.dataset.src, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => null);
  busy(box, -1);
  const told = answer && (answer.ok || answer.status === 422 || answer.status === 413) ? await answer.text() : "";
  if (answer?.ok) { line.insertAdjacentHTML("beforebegin", told); line.remove(); touched(box); say(file.name); return; }
  line.remove(); wrong(box, named(words.uploadFailed, file.name), told);
}
async function take(box, files) {
  wrong(box, "");
  const room = Number(box.dataset.most) - listOf(box).children.length;
  if (files.length > room) wrong(box, words.mostFiles.replace("{n}", box.dataset.most));
  for (const file of files.slice(0, Math.max(room, 0))) await upload(box, file);
}
document.addEventListener("change", event => {
  const box = event.target.matches?.("input[type=file]") && boxOf(event.target);
  if (!box) return;
  const files = [...event.target.files]; event.target.value = "";
  take(box, files);
});
for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, event => {
  const box = boxOf(event.target);
  if (!box || !event.dataTransfer?.types.includes("Files") || !box.dataset.src) return;
  event.preventDefault(); box.classList.toggle("over", kind === "dragover");
  if (kind === "drop") take(box, [...event.dataTransfer.files]);
});
document.addEventListener("click", event => {
  const button = event.target.closest?.("[data-held-up],[data-held-off]"), line = button?.closest("li"), box = button && boxOf(button);
  if (!box) return;
  if ("heldUp" in button.dataset) { line.previousElementSibling?.before(line); button.focus(); }
  else { const next = line.nextElementSibling ?? line.previousElementSibling; line.remove(); ($("[data-held-off]", next ?? box) ?? $("input[type=file]", box)).focus(); }
  wrong(box, ""); touched(box);
});
document.addEventListener("submit", event => { // what is on its way would be lost
  const box = $("[data-files][aria-busy]", event.target);
  if (!box) return;
  event.preventDefault(); event.stopImmediatePropagation();
  wrong(box, words.uploadingStill); say(words.uploadingStill);
}, true);

// ---- a draft has the ids of its files: their lines are asked for again -----------------------------------------------------------
function restore() {
  for (const box of $$("form[data-draft] [data-files]")) {
    const form = box.closest("form"), fields = kept.get(`draft:${form.dataset.draft}`) ?? [];
    const ids = fields.filter(([name]) => name === box.dataset.name).map(([, value]) => value);
    if (box.dataset.asked || !box.dataset.src || !ids.length || listOf(box).children.length) continue;
    box.dataset.asked = "1";
    fetch(`${box.dataset.src}?ids=${ids.join(",")}`, { headers: { "HX-Request": "true" } }).then(async answer => { if (answer.ok) listOf(box).innerHTML = await answer.text(); }).catch(() => null);
  }
}
document.addEventListener("htmx:after:swap", restore);
restore();
