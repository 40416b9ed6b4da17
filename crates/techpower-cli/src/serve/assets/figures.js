// Draws the report's figures: each stands as JSON within its box. Nothing here computes.
(function () {
  'use strict';

  function isDark() {
    var theme = document.documentElement.getAttribute('data-theme');
    if (theme) { return theme === 'dark'; }
    return window.matchMedia('(prefers-color-scheme: dark)').matches;
  }

  // The report is drawn for light paper; on dark paper its ink and grid are turned around.
  function turned(spec) {
    if (!isDark()) { return spec; }
    var text = JSON.stringify(spec)
      .replace(/#2B303A/gi, '#dfe3ea').replace(/#E4E6EA/gi, '#343a45').replace(/#0072B2/gi, '#4aa8e0');
    spec = JSON.parse(text);
    var label = spec.layout.hoverlabel;
    if (label) { label.bgcolor = '#20252e'; }
    return spec;
  }

  window.drawFigures = function (root) {
    root.querySelectorAll('.plot:not(.drawn)').forEach(function (box) {
      var spec = turned(JSON.parse(box.querySelector('script').textContent));
      box.classList.add('drawn');
      window.Plotly.newPlot(box, spec.data, spec.layout, { displayModeBar: false, responsive: true, showTips: false });
    });
  };
  window.drawFigures(document);
})();
