// Loaded only where one writes: turns the textarea inside <aula-richtext> into a rich text editor.
// The textarea stays the field that is sent; the field beside it tells the server which form it has.
import "trix";
import { say } from "./page.js";

const { lang } = window.Trix.config;
Object.assign(lang, {
  bold: say("Fed", "Bold"),
  bullets: say("Punktliste", "Bullets"),
  byte: "Byte",
  bytes: "Byte",
  heading1: say("Overskrift", "Heading"),
  indent: say("Ryk ind", "Increase level"),
  italic: say("Kursiv", "Italic"),
  link: "Link",
  numbers: say("Nummereret liste", "Numbers"),
  outdent: say("Ryk ud", "Decrease level"),
  quote: say("Citat", "Quote"),
  redo: say("Gentag", "Redo"),
  remove: say("Fjern", "Remove"),
  strike: say("Gennemstreget", "Strikethrough"),
  undo: say("Fortryd", "Undo"),
  unlink: say("Fjern link", "Unlink"),
  url: say("Adresse", "URL"),
  urlPlaceholder: say("Skriv en adresse …", "Enter a URL…"),
});

class AulaRichtext extends HTMLElement {
  connectedCallback() {
    if (this.editor) return;
    const area = this.querySelector("textarea");
    const format = this.querySelector("input[type=hidden]");
    const isChanged = area.value !== area.defaultValue;
    const isOurs = format.value === "html";
    // Who began to write before the editor came goes on in the plain field: nothing typed is lost.
    if (document.activeElement === area || (isChanged && !isOurs)) return;
    const source = document.createElement("input");
    source.type = "hidden";
    source.id = `${area.id}-source`;
    // After "back" the browser brings back what the editor had written into the field.
    source.value = isChanged ? area.value : (this.dataset.html ?? "");
    this.editor = document.createElement("trix-editor");
    this.editor.className = "form-input";
    this.editor.setAttribute("input", source.id);
    this.editor.setAttribute("aria-label", this.dataset.label);
    this.editor.setAttribute("role", "textbox");
    this.editor.setAttribute("aria-multiline", "true");
    this.editor.setAttribute("dir", "auto");
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (area.hasAttribute(name)) this.editor.setAttribute(name, area.getAttribute(name));
    }
    area.hidden = true;
    area.required = false;
    format.value = "html";
    area.value = source.value;
    this.editor.addEventListener("trix-change", () => {
      area.value = source.value;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    // Below a conversation the tools come when one writes, and stay: coming and going with the
    // focus they would move links and buttons away from under a finger.
    this.editor.addEventListener("focusin", () => {
      this.dataset.writing = "";
    });
    // Files have their own field, where they are scanned and shown; the text holds none.
    this.editor.addEventListener("trix-file-accept", (event) => event.preventDefault());
    this.append(source, this.editor);
  }
}

customElements.define("aula-richtext", AulaRichtext);
