// What every page runs. The pages work without it; this makes them quicker and live.
import htmx from "htmx.org";
import "./elements/live.js";
import "./elements/session.js";
import "./elements/draft.js";
import "./elements/recipients.js";
import "./elements/widget_frame.js";
import "./closing.js";
import "./day_words.js";
import "./offline.js";
import "./requests.js";
import "./theme.js";

// Templates and vendors' pages never need it, but browser tests and extensions of htmx do.
window.htmx = htmx;
