// <aula-live data-url="/live">: one stream per browser says which topics changed; elements with that
// topic in data-live get the event aula:live, on which they fetch themselves again (hx-trigger).
//
// The tab that holds the lock holds the stream and tells the others, because browsers allow few
// connections to one site and each stream is one.

const CHANNEL = "aula-live";
const RETRY_SECONDS = [2, 5, 15, 60];

class AulaLive extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    this.attempts = 0;
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = (event) => this.tell(event.data);
    if (!navigator.locks) {
      this.listen();
      return;
    }
    navigator.locks.request(CHANNEL, { ifAvailable: true }, (lock) => (lock ? this.listen() : this.wait()));
  }

  /** Another page of this browser holds the stream; follow it when it goes. */
  wait() {
    // What happens between its stream and ours is unknown, as after an interruption.
    this.attempts = 1;
    navigator.locks
      .request(CHANNEL, { signal: this.gone.signal }, () => this.listen())
      .catch(() => undefined);
  }

  disconnectedCallback() {
    this.gone.abort();
    this.source?.close();
    this.channel.close();
    this.release?.();
  }

  /** Hold the stream until the element leaves the page. */
  listen() {
    if (this.gone.signal.aborted) return undefined;
    this.connect();
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  connect() {
    if (this.gone.signal.aborted) return;
    this.source = new EventSource(this.dataset.url);
    this.source.addEventListener("open", () => {
      // What happened while the stream was away is unknown, so everything is asked for again.
      if (this.attempts > 0) this.changed("*");
      this.attempts = 0;
    });
    this.source.addEventListener("changed", (event) => this.changed(event.data));
    this.source.addEventListener("error", () => this.retry());
  }

  retry() {
    if (this.source.readyState !== EventSource.CLOSED) {
      this.attempts = Math.max(this.attempts, 1);
      return;
    }
    const seconds = RETRY_SECONDS[Math.min(this.attempts, RETRY_SECONDS.length - 1)];
    this.attempts += 1;
    setTimeout(() => this.connect(), seconds * 1000);
  }

  changed(topics) {
    this.channel.postMessage(topics);
    this.tell(topics);
  }

  tell(topics) {
    const names = String(topics).split(/\s+/);
    for (const element of document.querySelectorAll("[data-live]")) {
      const wanted = element.dataset.live.split(/\s+/);
      if (names.includes("*") || wanted.some((topic) => names.includes(topic))) {
        element.dispatchEvent(new CustomEvent("aula:live", { bubbles: false }));
      }
    }
  }
}

customElements.define("aula-live", AulaLive);
