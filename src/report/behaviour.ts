/**
 * The report's only script: a tooltip that follows the pointer over tokens and charts. Everything
 * the page says is there without it.
 */
export const behaviour = `
const tip = document.getElementById("tip");
const show = (text, event) => {
  tip.textContent = text;
  tip.className = "on";
  const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18;
  const y = below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : below;
  tip.style.left = Math.max(8, x) + "px";
  tip.style.top = y + "px";
};
const hide = () => {
  tip.className = "";
};
const sign = (value) => (value < 0 ? "\\u2212" : "+") + Math.abs(value).toFixed(2);
const describe = (token) => {
  const [p, v, a] = JSON.parse(token.dataset.p);
  return (
    "log-prob " +
    sign(p) +
    " nats\\nvideo hidden: drops " +
    sign(v) +
    "\\naudio hidden: drops " +
    sign(a)
  );
};
document.addEventListener("pointerover", (event) => {
  const token = event.target.closest?.(".tok[data-p]");
  if (token) show(describe(token), event);
  else if (!event.target.closest?.(".chart")) hide();
});
const nearest = (points, step) =>
  points.reduce((best, point) =>
    Math.abs(point[0] - step) < Math.abs(best[0] - step) ? point : best,
  );
for (const chart of document.querySelectorAll(".chart")) {
  const { x0, x1, left, right, lines } = JSON.parse(chart.dataset.lines);
  const rule = chart.querySelector(".rule");
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
    const share = Math.min(1, Math.max(0, (at - left) / (right - left)));
    const step = x0 + share * (x1 - x0);
    rule.setAttribute("x1", left + share * (right - left));
    rule.setAttribute("x2", left + share * (right - left));
    chart.classList.add("on");
    show(
      "step " +
        Math.round(step) +
        "\\n" +
        lines.map(({ name, points }) => name + "  " + nearest(points, step)[1]).join("\\n"),
      event,
    );
  });
  chart.addEventListener("pointerleave", () => {
    chart.classList.remove("on");
    hide();
  });
}
`;
