// <aula-draft data-draft-url>: keeps what is written in the form inside it on the server, a moment
// after the last key and when the page is left, and says so beside the form and by `aula:kept`.
import { csrfHeader } from "../page.js";

const PAUSE = 1500;

class AulaDraft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.addEventListener("input", () => this.touch(), { signal });
    this.addEventListener("change", () => this.touch(), { signal });
    this.form.addEventListener("submit", () => this.forget(), { signal });
    addEventListener("pagehide", () => this.save(true), { signal });
  }

  disconnectedCallback() {
    this.listeners?.abort();
    clearTimeout(this.timer);
  }

  touch() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** The form itself is being sent; the draft must not be written after it. */
  forget() {
    this.dirty = false;
    clearTimeout(this.timer);
  }

  /** The fields as the draft keeps them: everything but files and the form's own key. */
  fields() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") fields.append(name, value);
    }
    return fields;
  }

  async save(leaving = false) {
    if (!this.dirty) return;
    this.dirty = false;
    const [name, value] = csrfHeader();
    try {
      const answer = await fetch(this.dataset.draftUrl, {
        method: "POST",
        body: this.fields(),
        keepalive: leaving,
        credentials: "same-origin",
        headers: { [name]: value, "x-aula-draft": "1" },
      });
      this.state(answer.ok);
      if (answer.ok) this.dispatchEvent(new Event("aula:kept"));
    } catch {
      this.state(false);
    }
  }

  state(saved) {
    const words = this.querySelector("[data-draft-state]");
    if (!saved) this.dirty = true;
    if (!words) return;
    words.textContent = saved ? this.dataset.saved : this.dataset.failed;
    words.classList.toggle("draft-state--failed", !saved);
  }
}

customElements.define("aula-draft", AulaDraft);
