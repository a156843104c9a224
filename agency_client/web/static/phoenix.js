// Progressive enhancement: everything works without this.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink } from "./govuk-frontend.js";

for (const part of [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink]) {
  createAll(part);
}

// GOV.UK's radios say of themselves that they are expanded, which a radio cannot be (WAI-ARIA 1.2); what they reveal is next to them.
for (const radio of document.querySelectorAll("input[type=radio][aria-controls]")) {
  const unsay = () => radio.hasAttribute("aria-expanded") && radio.removeAttribute("aria-expanded");
  new MutationObserver(unsay).observe(radio, { attributeFilter: ["aria-expanded"] });
  unsay();
}

// A page of long work follows it.
for (const job of document.querySelectorAll("[data-phoenix-job]")) {
  const look = async () => {
    const answer = await fetch(job.dataset.phoenixJob, { redirect: "error" }).catch(() => null);
    if (!answer || !answer.ok) {
      return;
    }
    const { state, percent } = await answer.json();
    if (state !== "running") {
      location.reload();
      return;
    }
    const shown = job.querySelector("[data-phoenix-percent]");
    if (shown && percent !== null) {
      shown.textContent = percent;
      job.querySelector("progress").value = percent;
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

// A page of a draft is saved while it is typed. Without scripts its button saves it.
const unsaved = new Set();
for (const form of document.querySelectorAll("form[data-phoenix-autosave]")) {
  let waiting = null;
  const save = async () => {
    const typed = new URLSearchParams(new FormData(form));
    typed.set("autosave", "yes");
    const answer = await fetch(form.action, { method: "POST", body: typed, redirect: "error" }).catch(() => null);
    if (answer && answer.ok && waiting === null) {
      unsaved.delete(form);
    }
  };
  form.addEventListener("input", () => {
    unsaved.add(form);
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      waiting = null;
      save();
    }, 800);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    unsaved.delete(form);
  });
}

// Every page of the app hears at once that it was locked in another tab.
const tabs = new BroadcastChannel("phoenix");

// When the app locks or ends, a page that is still on the screen shows nothing more. What was typed in it stays where it is.
const whether = document.body.dataset.phoenixLock;
if (!whether) {
  tabs.postMessage("look");
} else {
  const most = 5;
  const typed = new Set();
  let timer = null;
  let cover = null;
  let unanswered = 0;

  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form:not([data-phoenix-autosave])");
    if (form && !cover) {
      typed.add(form);
    }
  });
  document.addEventListener("submit", ({ target }) => typed.delete(target));

  const show = () => {
    cover?.remove();
    cover = null;
    document.body.classList.remove("phoenix-covered");
  };
  const hide = () => document.body.classList.add("phoenix-covered");

  const leave = async () => {
    await fetch(location.href, { redirect: "manual" }).catch(() => null);
    location.replace("/unlock");
  };
  const put = (name) => {
    cover?.remove();
    cover = document.getElementById(name).content.firstElementChild.cloneNode(true);
    document.body.append(cover);
  };
  const ask = () => {
    put("phoenix-cover");
    const form = cover.querySelector("form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => null);
      form.reset();
      if (answer && (answer.ok || answer.type === "opaqueredirect")) {
        look();
      } else {
        cover.querySelector("[role=alert]").textContent = "This is not the passphrase of this home";
        form.elements.passphrase.focus();
      }
    });
    form.elements.passphrase.focus();
  };

  const look = async () => {
    clearTimeout(timer);
    const answer = await fetch(whether, { redirect: "error" }).catch(() => null);
    unanswered = answer && answer.ok ? 0 : unanswered + 1;
    const { locked, left } = unanswered === 0 ? await answer.json() : { locked: false, left: most };
    if (unanswered > 1) {
      if (cover?.id !== "phoenix-ended") {
        hide();
        put("phoenix-over");
      }
    } else if (!locked) {
      show();
    } else if (typed.size === 0 && unsaved.size === 0) {
      hide();
      leave();
      return;
    } else if (cover?.id !== "phoenix-locked") {
      hide();
      ask();
    }
    timer = setTimeout(look, Math.min(left + 1, most) * 1000);
  };

  tabs.addEventListener("message", look);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) {
      hide();
      look();
    }
  });
  timer = setTimeout(look, 1000 * most);
}
