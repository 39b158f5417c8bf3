// Steps through the frames that the page carries. Without this script, the page is the table of
// all steps and the code.
"use strict";

(() => {
  const { frames, words } = JSON.parse(document.getElementById("frames").textContent);
  const find = (id) => document.getElementById(id);
  const slider = find("slider");
  const last = frames.length - 1;
  let at = 0;

  // An element with text in it; nothing that a learner wrote is ever read as markup.
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const showSentence = (frame) => {
    const what = element("p", "what", `${frame.position}: ${frame.mark}${frame.sentence}`);
    const notes = frame.notes.map((note) => element("p", "notes", note));
    find("sentence").replaceChildren(what, ...notes);
  };

  const showThreads = (frame) => {
    const cards = frame.threads.map((thread) => {
      const card = element("li", thread.class, "");
      const name = thread.runs ? `▶ ${thread.name}` : thread.name;
      card.append(element("span", "name", name), element("span", "state", thread.state));
      if (thread.where) {
        card.append(element("span", "where", thread.where));
      }
      return card;
    });
    find("threads").replaceChildren(...cards);
  };

  const showObjects = (frame) => {
    const cards = frame.objects.map((object) => {
      const card = element("li", "", "");
      card.append(
        element("span", "name code", object.name),
        element("span", "state", `${object.kind}: ${object.state}`),
      );
      return card;
    });
    find("objects").replaceChildren(...cards);
  };

  const showCode = (frame) => {
    for (const line of document.querySelectorAll(".lines li.here")) {
      line.classList.remove("here", "stuck");
      line.querySelector(".marks").textContent = "";
    }
    for (const thread of frame.threads) {
      const line = thread.line && find(thread.line);
      if (!line) {
        continue;
      }
      const marks = line.querySelector(".marks");
      const mark = thread.runs ? `▶${thread.mark}` : thread.mark;
      marks.textContent = marks.textContent ? `${marks.textContent} ${mark}` : mark;
      line.classList.add("here");
      line.classList.toggle("stuck", thread.class === "bad");
    }
    const focus = frame.focus && find(frame.focus);
    if (focus) {
      const list = focus.parentElement;
      const top = focus.offsetTop - list.offsetTop;
      const room = list.clientHeight - focus.offsetHeight;
      if (top < list.scrollTop || top > list.scrollTop + room) {
        list.scrollTop = top - room / 2;
      }
    }
  };

  const showRow = () => {
    for (const row of document.querySelectorAll("tr[aria-current]")) {
      row.removeAttribute("aria-current");
      row.classList.remove("here");
    }
    const row = find(`step-${at}`);
    if (row) {
      row.setAttribute("aria-current", "step");
      row.classList.add("here");
    }
  };

  const show = (to) => {
    at = Math.min(Math.max(to, 0), last);
    const frame = frames[at];
    slider.value = at;
    slider.setAttribute("aria-valuetext", frame.position);
    showSentence(frame);
    showThreads(frame);
    showObjects(frame);
    showCode(frame);
    showRow();
  };

  const marked = (way) => {
    let to = at + way;
    while (to >= 0 && to <= last && !frames[to].mark) {
      to += way;
    }
    return to >= 0 && to <= last ? to : at;
  };

  const moves = {
    first: () => show(0),
    back: () => show(at - 1),
    forth: () => show(at + 1),
    last: () => show(last),
    previous: () => show(marked(-1)),
    next: () => show(marked(1)),
  };
  const keys = {
    Home: "first",
    End: "last",
    ArrowLeft: "back",
    ArrowRight: "forth",
    n: "next",
    p: "previous",
  };

  for (const [id, move] of Object.entries(moves)) {
    find(id).addEventListener("click", move);
  }
  slider.max = last;
  slider.addEventListener("input", () => show(Number(slider.value)));
  document.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    moves[move]();
  });
  for (const hidden of document.querySelectorAll("[data-needs-script]")) {
    hidden.hidden = false;
  }
  document.title = words.title;
  show(0);
})();
