// <aula-widget-frame src data-token-url data-context>: the host's side of docs/vendor/widget-protocol.md.
//
// The vendor's page runs in a sandbox without our origin: it has no cookies of ours, no storage and no
// way into this document. All it gets goes through one message port (WID-R1); tokens are fetched here
// by POST and never put into an address (WID-R2); a vendor that stays silent is shown as such (WID-R7).
import { post, say } from "../page.js";

const PATIENCE = 10_000;
const LOWEST = 48;
const HIGHEST = 1200;
const DARK = matchMedia("(prefers-color-scheme: dark)");
const SANDBOX = "allow-scripts allow-forms allow-popups";

class AulaWidgetFrame extends HTMLElement {
  connectedCallback() {
    if (this.frame) return;
    this.dataset.state = "loading";
    this.frame = document.createElement("iframe");
    this.frame.setAttribute("sandbox", SANDBOX);
    this.frame.setAttribute("referrerpolicy", "no-referrer");
    this.frame.setAttribute("loading", "eager");
    this.frame.title = this.getAttribute("title") || say("Widget", "Widget");
    this.frame.addEventListener("load", () => this.greet());
    this.frame.src = this.getAttribute("src");
    this.timer = setTimeout(() => this.fail(), PATIENCE);
    this.themed = () => this.send({ type: "aula:context", context: this.context() });
    document.addEventListener("aula:theme", this.themed);
    DARK.addEventListener("change", this.themed);
    this.append(this.frame);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.port?.close();
    document.removeEventListener("aula:theme", this.themed);
    DARK.removeEventListener("change", this.themed);
  }

  /** Hand over one end of a channel. The message itself carries nothing: anyone could be listening. */
  greet() {
    this.port?.close();
    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.onmessage = (event) => this.hear(event.data ?? {});
    this.frame.contentWindow.postMessage({ type: "aula:init", version: 1 }, "*", [channel.port2]);
  }

  send(message) {
    this.port?.postMessage(message);
  }

  context() {
    const theme = document.documentElement.dataset.theme ?? (DARK.matches ? "dark" : "light");
    return { ...JSON.parse(this.dataset.context || "{}"), theme };
  }

  hear(message) {
    switch (message.type) {
      case "aula:hello":
        this.send({ type: "aula:context", context: this.context() });
        break;
      case "aula:ready":
        clearTimeout(this.timer);
        this.querySelector(".notice")?.remove();
        this.dataset.state = "ready";
        break;
      case "aula:token-request":
        this.token(message.id);
        break;
      case "aula:resize":
        this.resize(message.height);
        break;
      case "aula:failed":
        this.fail();
        break;
    }
  }

  async token(id) {
    const answer = await post(this.dataset.tokenUrl, null, { accept: "application/json" }).catch(() => null);
    if (!answer?.ok) {
      this.send({ type: "aula:token-refused", id, status: answer?.status ?? 0 });
      return;
    }
    const { token, expires_at } = await answer.json();
    this.send({ type: "aula:token", id, token, expires_at });
  }

  resize(height) {
    if (!Number.isFinite(height)) return;
    this.frame.style.blockSize = `${Math.min(HIGHEST, Math.max(LOWEST, Math.round(height)))}px`;
  }

  fail() {
    clearTimeout(this.timer);
    this.dataset.state = "failed";
    if (this.querySelector(".notice")) return;
    const name = this.getAttribute("title") ?? "";
    const box = document.createElement("div");
    box.className = "notice notice--warning";
    box.setAttribute("role", "status");
    const text = document.createElement("div");
    text.className = "notice__body";
    const title = document.createElement("p");
    title.className = "notice__title";
    title.textContent = say(`${name} svarer ikke lige nu`, `${name} is not answering right now`).trim();
    const more = document.createElement("p");
    more.textContent = say(
      "Der kan være indhold, som du ikke kan se her. Fejlen er hos leverandøren.",
      "There may be content that you cannot see here. The fault is with the supplier.",
    );
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button button--secondary";
    again.textContent = say("Prøv igen", "Try again");
    again.addEventListener("click", () => this.restart());
    text.append(title, more, again);
    box.append(text);
    this.append(box);
  }

  restart() {
    this.disconnectedCallback();
    this.replaceChildren();
    this.frame = null;
    this.connectedCallback();
  }
}

customElements.define("aula-widget-frame", AulaWidgetFrame);
