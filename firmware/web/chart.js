"use strict";
// The step line of the last ten minutes. Where nothing was measured there is no line.

const SPAN_S = 600;
const LIST_S = 10;
// Two samples further apart than this have a missing list between them.
const JOINED_S = 15;

/**
 * Samples {t, w} (t in s on any clock, oldest first) -> runs [{from, to, w}...] that touch each
 * other, cut to the ten minutes before `t`.
 */
function runs(samples, t) {
  const all = [];
  let run = null;
  samples.forEach((sample, i) => {
    const next = samples[i + 1];
    const joined = next && next.t - sample.t <= JOINED_S;
    const to = Math.min(joined ? next.t : sample.t + LIST_S, t);
    const from = Math.max(sample.t, t - SPAN_S);
    // The newest is there from its first moment on, without a width.
    if (to > from || (!next && to === from)) {
      if (!run) all.push((run = []));
      run.push({ from, to, w: sample.w });
    }
    if (!joined) run = null;
  });
  return all;
}

/**
 * The picture in pixels: {line, area, gaps: [{x, width}], zero, low, high, end}.
 * The scale starts at 0, and a few W do not fill it.
 */
function trend(samples, t, width, height) {
  const pieces = runs(samples, t);
  const values = pieces.flat().map((step) => step.w);
  const high = Math.max(...values);
  const low = Math.min(...values);
  const top = Math.max(high, 200);
  const bottom = Math.min(low, 0);
  const round = (n) => Math.round(n * 10) / 10;
  const x = (s) => round(((s - t + SPAN_S) / SPAN_S) * width);
  // Half a line's width stays free at both ends, else the line is cut.
  const y = (w) => round(1.5 + ((top - w) / (top - bottom)) * (height - 3));
  const picture = { line: "", area: "", gaps: [], zero: y(0), low, high, end: null };
  // The device's ring reaches back 600 s less the age of its newest value: that is no gap.
  let covered = t - SPAN_S + JOINED_S - LIST_S;
  const gap = (to) => {
    if (to - covered > JOINED_S - LIST_S) picture.gaps.push({ x: x(covered), width: round(x(to) - x(covered)) });
  };
  for (const piece of pieces) {
    const last = piece[piece.length - 1];
    const steps = piece.map((step) => `V${y(step.w)}H${x(step.to)}`).join("");
    picture.line += `M${x(piece[0].from)} ${y(piece[0].w)}${steps}`;
    picture.area += `M${x(piece[0].from)} ${y(0)}${steps}V${y(0)}Z`;
    gap(piece[0].from);
    covered = last.to;
    picture.end = { x: x(last.to), y: y(last.w) };
  }
  gap(t);
  return values.length ? picture : { ...picture, low: null, high: null };
}
