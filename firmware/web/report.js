"use strict";
// "Mens du var borte": the registers before and after, as evidence for an invoice.

function reportCard(report, live, tell) {
  const complete = typeof report.after_wh === "number";
  const card = el("section", { class: "card report" }, el("h3", {}, text("away_title")),
    paragraph(reportLead(report)),
    el("dl", { class: "rows" },
      row(text("before"), valueOf(kilo(report.before_wh), "kWh"), text("read_at", { when: moment(report.before_utc) })),
      row(text("after"), complete ? valueOf(kilo(report.after_wh), "kWh") : unknown(),
        complete ? text("read_at", { when: moment(report.after_utc) }) : afterWords(report)),
      complete && !report.new_meter ? row(text("difference"), valueOf(kilo(differenceOf(report)), "kWh"), "") : null,
      complete && !report.new_meter ? row(text("used_away"), usedAway(report), "") : null),
    reportRemarks(report).map((words) => paragraph(words)),
    complete && !report.new_meter ? paragraph(text("show_company")) : null,
    el("p", { class: "print-only" }, printedBy(live)),
    el("div", { class: "buttons no-print" },
      complete ? el("button", { class: "second", type: "button", click: () => printOnly(card) }, text("print")) : null,
      el("a", { class: "second", href: "/api/v1/away.csv", download: true }, text("as_csv"))),
    isOwner() && complete && !report.seen ? tell(text("put_away"), { do: "seen", id: report.id }) : null);
  if (report.seen) card.dataset.seen = "";
  return card;
}

const differenceOf = (report) => (typeof report.before_wh === "number" ? report.after_wh - report.before_wh : null);

function reportLead(report) {
  const times = { off: moment(report.off_utc), on: moment(report.on_utc), left: moment(report.left_utc) };
  return text("report_" + (report.outages ? report.kind : "heat_left_on"), times);
}

const afterWords = (report) => (typeof report.expected_utc === "number"
  ? text("after_at", { when: when(report.expected_utc * 1000, Date.now()) }) : text("after_wait"));

/**
 * What went through the meter between the loss of power and its return. Equal registers are a
 * measured 0; otherwise the pieces at the ends are integrated, hence "ca."
 */
function usedAway(report) {
  const difference = differenceOf(report);
  if (difference === 0) return valueOf(kilo(0), "kWh");
  const shown = kilo(report.away_wh);
  if (shown === null) return unknown();
  return [el("span", { class: "unit" }, text("about") + NBSP), ...valueOf(shown, "kWh")];
}

function reportRemarks(report) {
  const remarks = [];
  if (report.outages > 1) remarks.push(text("outages", { count: report.outages }));
  if (report.meter_dark) remarks.push(text("warn_meter_dark") + " " + text("warn_meter_dark_do"));
  if (report.new_meter) remarks.push(text("report_new_meter"));
  if (report.drained) remarks.push(text("drained"));
  return remarks;
}

/** Which meter, by what and when: the last line on paper. */
function printedBy(live) {
  const now = live.now || {};
  const meter = [makerOf(now), now.meter_model, now.meter_id && text("meter_number", { number: now.meter_id })];
  return text("printed", { name: now.name || text("unnamed"), meter: meter.filter(Boolean).join(", "), when: moment(live.utc()) });
}

function printOnly(card) {
  for (const other of document.querySelectorAll(".to-print")) other.classList.remove("to-print");
  card.classList.add("to-print");
  window.print();
}
