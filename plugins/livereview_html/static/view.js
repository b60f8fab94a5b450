// How the page is looked at: colours, only what changed, contents, printing. Nothing is kept outside the page.
{
  const tool = (name, content) => {
    const made = document.createElement(name);
    if (content) made.textContent = content;
    return made;
  };

  const colours = (tools) => {
    const label = tool("label", "Colours ");
    const choice = tool("select");
    for (const [value, words] of [["", "as on this device"], ["light", "light"], ["dark", "dark"]]) {
      const option = tool("option", words);
      option.value = value;
      choice.append(option);
    }
    choice.addEventListener("change", () => {
      if (choice.value) document.documentElement.dataset.theme = choice.value;
      else delete document.documentElement.dataset.theme;
    });
    label.append(choice);
    tools.append(label);
  };

  const onlyChanged = (tools) => {
    const unchanged = document.querySelectorAll("main section[data-changed=no]").length;
    if (!unchanged || !document.querySelector("main [data-changed=yes]")) return;
    const button = tool("button", "Show only what changed");
    const said = tool("span");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    said.setAttribute("role", "status");
    button.addEventListener("click", () => {
      const on = document.body.classList.toggle("only-changed");
      button.setAttribute("aria-pressed", String(on));
      said.textContent = on ? `${unchanged} unchanged ${unchanged === 1 ? "outcome is" : "outcomes are"} hidden.` : "";
    });
    tools.append(button, said);
  };

  const analyses = (tools) => {
    const parts = document.querySelectorAll("details.analysis");
    if (!parts.length) return;
    const button = tool("button", "Open every analysis");
    button.type = "button";
    button.addEventListener("click", () => {
      const open = ![...parts].every((part) => part.open);
      for (const part of parts) part.open = open;
      button.textContent = open ? "Close every analysis" : "Open every analysis";
    });
    tools.append(button);
  };

  const contents = () => {
    const list = document.querySelector(".contents details");
    if (!list) return;
    const wide = matchMedia("(min-width: 70rem)");
    list.open = wide.matches;
    wide.addEventListener("change", () => { list.open = wide.matches; });
    list.addEventListener("click", (event) => {
      if (event.target.closest("a") && !wide.matches) list.open = false;
    });
    const links = new Map([...list.querySelectorAll("a")].map((link) => [link.getAttribute("href").slice(1), link]));
    const seen = new Set();
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) seen.add(entry.target);
        else seen.delete(entry.target);
      }
      // Of the parts at the top of the window the innermost, which is the last of them.
      const current = [...seen].sort((a, b) => (a.compareDocumentPosition(b) & 4 ? -1 : 1)).at(-1);
      for (const link of list.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
      if (current) links.get(current.id).setAttribute("aria-current", "true");
    }, { rootMargin: "-10% 0px -85% 0px" });
    for (const name of links.keys()) {
      const part = document.getElementById(name);
      if (part) watch.observe(part);
    }
  };

  // A place in a folded part is unfolded before it is shown.
  const unfold = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) return;
    let folded = false;
    for (let around = place; around; around = around.parentElement) {
      if (around.localName === "details" && !around.open) {
        around.open = true;
        folded = true;
      }
    }
    if (folded || document.body.classList.contains("only-changed")) place.scrollIntoView();
  };

  const printing = () => {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("main details:not([open])")];
      for (const part of opened) part.open = true;
    });
    addEventListener("afterprint", () => {
      for (const part of opened) part.open = false;
      opened = [];
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const tools = document.getElementById("page-tools");
    if (tools) {
      onlyChanged(tools);
      analyses(tools);
      colours(tools);
      tools.hidden = false;
    }
    contents();
    printing();
    addEventListener("hashchange", unfold);
    unfold();
  });
}
