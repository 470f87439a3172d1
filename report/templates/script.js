for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      head.parentNode.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => {
        const cell = row.cells[column];
        return !cell.dataset.v ? cell.innerText : Number(cell.dataset.v);
      };
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)];
        if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
        const found = typeof x === "number" ? x - y : x.localeCompare(y, undefined, { numeric: true });
        return up ? found : -found;
      };
      const body = table.tBodies[0];
      body.append(...[...body.rows].sort(order));
    };
  });
}
for (const code of document.querySelectorAll("pre.copy")) {
  const button = document.createElement("button");
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  };
  code.before(button);
}
for (const group of document.querySelectorAll(".programs")) {
  const all = [...group.querySelectorAll(":scope > details")];
  if (all.length < 3) continue;
  const pick = document.createElement("p");
  pick.className = "pick";
  const [left, right] = ["Show", "beside"].map((word) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.add(new Option(word === "Show" ? "all" : "the others", ""));
    for (const one of all) select.add(new Option(one.dataset.engine));
    label.append(word + " ", select, " ");
    pick.append(label);
    return select;
  });
  pick.onchange = () => {
    const chosen = [left.value, right.value];
    const two = chosen.every(Boolean);
    for (const one of all) {
      one.hidden = two && !chosen.includes(one.dataset.engine);
      if (two) one.open = !one.hidden;
    }
    const ordered = [...all].sort((a, b) => two * (chosen.indexOf(a.dataset.engine) - chosen.indexOf(b.dataset.engine)));
    group.append(...ordered);
  };
  group.before(pick);
}
const questions = document.querySelector("table.matrix");
const engines = questions ? [...questions.querySelectorAll("thead th[data-engine]")].map((head) => head.dataset.engine) : [];
if (engines.length > 1) {
  const tools = document.createElement("fieldset");
  tools.className = "tools pick";
  const legend = document.createElement("legend");
  legend.className = "hidden";
  legend.textContent = "What the tables and charts show";
  tools.append(legend);
  const add = (word, control, after) => {
    const label = document.createElement("label");
    label.append(...(after ? [control, " " + word] : [word + " ", control]));
    tools.append(label);
    return control;
  };
  if (questions.querySelector("[data-ratio]")) {
    const measure = add("Show", document.createElement("select"), false);
    for (const word of ["everything", "time", "ratio", "memory"]) measure.add(new Option(word));
    measure.onchange = () => {
      const word = measure.value;
      if (word === "everything") delete questions.dataset.show;
      else questions.dataset.show = word;
      const kind = word === "everything" ? "time" : word;
      for (const cell of questions.querySelectorAll("[data-time]")) cell.dataset.v = cell.dataset[kind] ?? "";
    };
  }
  for (const engine of engines) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    add(engine, box, true).onchange = () => {
      for (const one of document.querySelectorAll("[data-engine]")) {
        if (one.dataset.engine === engine) one.classList.toggle("off", !box.checked);
      }
    };
  }
  document.querySelector("[aria-labelledby=engines]").before(tools);
}
