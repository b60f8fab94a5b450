// Figures and numbers that answer: what a mark says, and where a number comes from.
{
  const SVG = "http://www.w3.org/2000/svg";
  let tip, shown, hiding;

  const element = (name, ...inside) => {
    const made = document.createElement(name);
    made.append(...inside);
    return made;
  };

  // The browser's own tips come late and not for the keyboard: their words are taken over, once per drawing.
  const prepare = (drawing) => {
    if (drawing.dataset.tips) return;
    drawing.dataset.tips = "taken";
    for (const title of drawing.querySelectorAll("title")) {
      title.parentElement.dataset.tip = title.textContent;
      title.remove();
    }
  };

  const markAt = (target) => {
    if (target.namespaceURI !== SVG) return null;
    const drawing = target.ownerSVGElement ?? target;
    if (!drawing.closest("figure")) return null;
    prepare(drawing);
    return target.closest("[data-tip]") ?? target.closest("a")?.querySelector("[data-tip]") ?? null;
  };

  const hide = () => {
    tip.hidden = true;
    shown = undefined;
  };

  const show = (mark) => {
    clearTimeout(hiding);
    if (mark === shown) return;
    shown = mark;
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    place();
  };

  // Beside its mark, within the window; a mark that is scrolled out of it says nothing.
  const place = () => {
    if (!shown) return;
    const at = shown.getBoundingClientRect();
    if (at.bottom < 0 || at.top > innerHeight) {
      hide();
      return;
    }
    const size = tip.getBoundingClientRect();
    const below = at.bottom + 8 + size.height < innerHeight;
    const left = Math.min(at.left, innerWidth - size.width - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - size.height - 8)}px`;
  };

  const tips = () => {
    tip = element("div");
    tip.className = "tip";
    tip.hidden = true;
    tip.setAttribute("role", "tooltip");
    document.body.append(tip);
    const point = (event) => {
      const mark = markAt(event.target);
      if (mark) show(mark);
      else if (event.target === tip) clearTimeout(hiding);
      else if (shown) {
        clearTimeout(hiding);
        hiding = setTimeout(hide, 200);
      }
    };
    document.addEventListener("pointerover", point);
    document.addEventListener("focusin", point);
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && shown) hide(); });
    addEventListener("scroll", place, { capture: true, passive: true });
  };

  // The rows of a study: from the one that has its name on to the one that has another's.
  const rowsFrom = (first) => {
    const all = first.closest("table").inOrder ?? [...first.parentElement.rows];
    const start = all.indexOf(first);
    const next = all.findIndex((row, index) => index > start && row.id);
    return all.slice(start, next < 0 ? all.length : next);
  };

  const details = (row, headers) => {
    const list = element("dl");
    [...row.cells].forEach((cell, column) => {
      const words = cell.textContent.trim();
      if (!words || words === "–") return;
      const copy = cell.cloneNode(true);
      for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
      list.append(element("dt", headers[column]), element("dd", ...copy.childNodes));
    });
    return list;
  };

  const panel = () => {
    const dialog = element("dialog");
    const title = element("h2");
    title.id = "page-source";
    dialog.setAttribute("aria-labelledby", title.id);
    document.body.append(dialog);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("a")) dialog.close();
    });
    return (place, first) => {
      const table = first.closest("table");
      const headers = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
      title.textContent = `Where this number comes from: ${first.cells[0].textContent.trim()}`;
      const close = element("button", "Close");
      close.type = "button";
      close.autofocus = true;
      close.addEventListener("click", () => dialog.close());
      const way = element("a", "Show in the table of sources");
      way.href = `#${place}`;
      way.dataset.plain = "";
      const choices = element("div", close, way);
      choices.className = "choices";
      dialog.replaceChildren(title, ...rowsFrom(first).map((row) => details(row, headers)), choices);
      dialog.showModal();
    };
  };

  document.addEventListener("DOMContentLoaded", () => {
    tips();
    const open = panel();
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a");
      const place = link?.getAttribute("href") ?? "";
      if (!place.startsWith("#from-") || link.dataset.plain !== undefined) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const row = document.getElementById(decodeURIComponent(place.slice(1)));
      if (row?.localName !== "tr" || !row.closest("table")?.tHead) return;
      event.preventDefault();
      hide();
      open(place.slice(1), row);
    });
  });
}
