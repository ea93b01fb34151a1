// <aula-recipients data-search-url>: searches while one types. Without this the Search button posts
// the form and the server answers with the same results. Boxes that are ticked stay when others come.
// Where the form keeps a draft, how many it reaches is told anew whenever a choice has been kept.
import { post } from "../page.js";

const PAUSE = 250;
const SHORTEST = 2;

class AulaRecipients extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type="search"]');
    this.results = this.querySelector(".recipients__results");
    if (!this.input || !this.results) return;
    this.results.setAttribute("aria-live", "polite");
    this.input.setAttribute("autocomplete", "off");
    this.results.addEventListener("change", () => (this.chosen = true));
    this.closest("aula-draft")?.addEventListener("aula:kept", () => this.reach());
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.search();
    });
    this.querySelector('button[name="search"]')?.addEventListener("click", (event) => {
      event.preventDefault();
      this.search();
    });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    const words = this.input.value.trim();
    if (words.length < SHORTEST) return;
    // What people type never goes into an address (it would be logged): the words are posted.
    const body = new URLSearchParams({ q: words });
    const answer = await post(this.dataset.searchUrl, body, { "HX-Request": "true" }).catch(() => null);
    if (!answer?.ok || words !== this.input.value.trim()) return;
    this.show(await answer.text());
  }

  show(html) {
    const kept = [...this.results.querySelectorAll("input:checked")].map((box) => box.closest(".recipient"));
    const page = new DOMParser().parseFromString(html, "text/html");
    const values = new Set(kept.map((row) => row.querySelector("input").value));
    for (const box of page.querySelectorAll("input[value]")) {
      if (values.has(box.value)) box.closest(".recipient")?.remove();
    }
    this.results.replaceChildren(...kept, ...page.body.childNodes);
  }

  /** Show who gets it, as the kept draft's own page says. */
  async reach() {
    if (!this.chosen) return;
    this.chosen = false;
    const form = this.closest("form");
    const answer = await fetch(form.action, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.querySelector(".audience");
    form.querySelector(".audience")?.remove();
    if (told) this.after(told);
    const send = ".form-actions .button--primary > span";
    form.querySelector(send)?.replaceWith(page.querySelector(send) ?? "");
  }
}

customElements.define("aula-recipients", AulaRecipients);
