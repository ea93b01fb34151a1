// <aula-session data-url data-seconds data-warn data-who>: opens its dialog shortly before the session ends.
//
// What counts is asked of the server, because another tab may have been used meanwhile; asking does
// not make the session longer. Whoever has logged in again in another window goes on here: the page
// takes over the new session's token, if it is the same person in the same role.
import { post } from "../page.js";

class AulaSession extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.querySelector("[data-stay]").addEventListener("click", () => this.stay());
    for (const button of this.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.dialog.close());
    }
    this.onReturn = () => document.visibilityState === "visible" && this.ask();
    document.addEventListener("visibilitychange", this.onReturn);
    this.expect(Number(this.dataset.seconds));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.asked?.abort();
    document.removeEventListener("visibilitychange", this.onReturn);
  }

  /** Wake when there is something to say. */
  expect(seconds) {
    this.askIn(Math.max(1, seconds - Number(this.dataset.warn)));
  }

  /** Ask after so many seconds, and at no other time that was meant before. */
  askIn(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), seconds * 1000);
  }

  /** Ask how long the session lasts; what an older question is answered does not count any more. */
  async ask() {
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    let answer;
    let session;
    try {
      answer = await fetch(this.dataset.url, { headers: { accept: "application/json" }, cache: "no-store", signal });
      if (answer.ok) session = await answer.json();
    } catch {
      if (!signal.aborted) this.askIn(30);
      return;
    }
    if (signal.aborted) return;
    if (answer.status === 401) this.show("gone");
    else if (session) this.judge(session);
    else this.askIn(30);
  }

  judge(session) {
    if (session.who !== this.dataset.who) {
      this.show("gone");
      return;
    }
    this.takeOver(session.csrf_token);
    if (session.seconds > Number(this.dataset.warn)) {
      this.state = "";
      this.dialog.close();
      this.expect(session.seconds);
      return;
    }
    this.show(session.can_stay ? "warn" : "last");
    this.sayLeft(session.seconds);
    this.askIn(Math.min(60, Math.max(2, session.seconds + 1)));
  }

  async stay() {
    this.asked?.abort();
    try {
      const answer = await post(this.dataset.url, null, { accept: "application/json" });
      if (answer.ok) this.judge(await answer.json());
      else if (answer.status === 429) this.askIn(2);
      else this.show("gone");
    } catch {
      this.ask();
    }
  }

  /** Show one state; one that was closed by hand is not opened again. */
  show(state) {
    if (this.state === state) return;
    this.state = state;
    for (const part of this.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
    if (!this.dialog.open) this.dialog.showModal();
  }

  sayLeft(seconds) {
    const { one, many } = this.querySelector("[data-left]").dataset;
    const minutes = Math.round(seconds / 60);
    this.querySelector("[data-left]").textContent = seconds < 60 ? one : many.replace("{minutes}", minutes);
  }

  /** Forms of this page are sent in the session that there is now. */
  takeOver(token) {
    document.querySelector('meta[name="csrf-token"]').content = token;
    for (const field of document.querySelectorAll('input[name="_csrf_token"]')) field.value = token;
  }
}

customElements.define("aula-session", AulaSession);
