"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const severities = ["unknown", "none", "low", "medium", "high", "critical"];
  const page = 200;
  const $ = (id) => document.getElementById(id);
  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };

  // Columns are differences from the row before.
  const columns = {};
  for (const [name, steps] of Object.entries(data.columns)) {
    let value = 0;
    columns[name] = steps.map((step) => (value += step));
  }
  const n = columns.rule.length;
  const text = (name, row) => data.strings[columns[name][row]];
  const flag = (row, bit) => (columns.flags[row] & bit) !== 0;
  const [BLOCKS, EXPLOITED, IN_BASE] = [1, 2, 4];
  const where = (row) => text("path", row) + (columns.line[row] ? ":" + columns.line[row] : "");

  const heads = [
    { title: "Severity", key: (r) => -(flag(r, EXPLOITED) * 1000 + columns.severity[r] * 120 + columns.score[r]) },
    { title: "Finding", key: (r) => text("rule", r) },
    { title: "In", key: (r) => text("name", r) + " " + text("version", r) },
    { title: "Fix", key: (r) => text("fix", r) || "\uffff" },
    { title: "Where", key: (r) => text("path", r) + String(columns.line[r]).padStart(9, "0") },
    { title: "Status", key: (r) => columns.status[r] },
  ];
  let order = { head: -1, turn: 1 };
  let shown = [];
  let most = page;

  function cellsOf(row) {
    const severity = make("td", severities[columns.severity[row]], "s" + columns.severity[row]);
    if (columns.score[row]) severity.append(make("small", (columns.score[row] / 10).toFixed(1)));
    const finding = make("td", text("rule", row));
    if (flag(row, EXPLOITED)) finding.append(make("span", "exploited", "tag"));
    if (flag(row, BLOCKS)) finding.append(make("span", "blocks", "tag"));
    finding.append(make("small", text("title", row)));
    const subject = make("td", text("name", row));
    subject.append(make("small", text("version", row)));
    const place = make("td", where(row));
    if (columns.layer[row]) {
      place.append(make("small", "layer " + columns.layer[row] + (flag(row, IN_BASE) ? " (base)" : "")));
    }
    const status = make("td", data.statuses[columns.status[row]]);
    status.append(make("small", text("reason", row)));
    return [severity, finding, subject, make("td", text("fix", row)), place, status];
  }

  function draw() {
    const rows = document.createDocumentFragment();
    for (const row of shown.slice(0, most)) {
      const line = make("tr");
      line.append(...cellsOf(row));
      rows.append(line);
    }
    $("rows").replaceChildren(rows);
    $("count").textContent = shown.length === n ? n + " findings" : shown.length + " of " + n + " findings";
    $("more").hidden = shown.length <= most;
  }

  function sort() {
    if (order.head < 0) return;
    const key = heads[order.head].key;
    const keys = new Map(shown.map((row) => [row, key(row)]));
    shown.sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * order.turn || a - b;
    });
  }

  function filter() {
    const words = $("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [severity, status] = [$("severity").value, $("status").value];
    shown = [];
    for (let row = 0; row < n; row++) {
      if (severity && columns.severity[row] < Number(severity)) continue;
      if (status && columns.status[row] !== Number(status)) continue;
      if ($("fixable").checked && !text("fix", row)) continue;
      if ($("exploited").checked && !flag(row, EXPLOITED)) continue;
      const all = ["rule", "title", "name", "version", "path"].map((c) => text(c, row)).join(" ").toLowerCase();
      if (words.every((word) => all.includes(word))) shown.push(row);
    }
    most = page;
    sort();
    draw();
  }

  function turn(head) {
    order = { head, turn: order.head === head ? -order.turn : 1 };
    [...$("head").children].forEach((th, i) => {
      th.setAttribute("aria-sort", i !== head ? "none" : order.turn > 0 ? "ascending" : "descending");
      th.firstChild.textContent = heads[i].title + (i !== head ? "" : order.turn > 0 ? " ▲" : " ▼");
    });
    sort();
    draw();
  }

  function choose(select, options) {
    for (const [value, title] of options) {
      const option = make("option", title);
      option.value = value;
      select.append(option);
    }
  }

  document.title = "Plimsoll: " + data.target;
  $("target").textContent = data.target;
  $("about").textContent = data.about;
  const verdict = data.blocked ? ["blocked", "Blocked"] : data.open ? ["", data.open + " open"] : ["clean", "Nothing open"];
  $("verdict").append(make("span", verdict[1], verdict[0]));
  data.severities.forEach((count, s) => {
    if (count) $("verdict").prepend(make("span", count + " " + severities[s], "s" + s));
  });
  $("verdict").prepend($("verdict").lastChild);
  for (const [action, removes] of data.fixes) {
    const item = make("li", action + " ");
    item.append(make("span", "removes " + removes));
    $("fixes").append(item);
  }
  $("first").hidden = !data.fixes.length;
  for (const problem of data.problems) $("problems").append(make("li", problem));
  if (data.incomplete) $("reading").textContent = "Not all could be read";
  $("unread").hidden = !data.problems.length;
  choose($("severity"), [["", "any"], [5, "critical"], [4, "high and up"], [3, "medium and up"], [2, "low and up"]]);
  choose($("status"), [["", "any"], ...data.statuses.map((name, i) => [i, name])]);
  $("status").value = columns.status.includes(0) ? "0" : "";
  heads.forEach((head, i) => {
    const th = make("th");
    th.scope = "col";
    const button = make("button", head.title);
    button.type = "button";
    button.addEventListener("click", () => turn(i));
    th.append(button);
    $("head").append(th);
  });
  for (const id of ["text", "severity", "status", "fixable", "exploited"]) $(id).addEventListener("input", filter);
  $("more").addEventListener("click", () => { most += 5 * page; draw(); });
  window.addEventListener("beforeprint", () => { most = n; draw(); });
  filter();
})();
