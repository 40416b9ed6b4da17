// Draws every chart of the page as SVG, one after the other, and leaves nothing but these.
(function () {
  'use strict';
  var script = document.createElement('script');
  script.textContent = unpacked(document.getElementById('plotly'));
  document.head.appendChild(script);
  var charts = Array.prototype.slice.call(document.querySelectorAll('script.chart'));
  var drawn = charts.map(function (chart) {
    var spec = JSON.parse(chart.textContent);
    // A chart by itself says what its colours and signs are, which the page says once for several.
    var named = spec.data.filter(function (trace) { return trace.name && trace.showlegend !== false; });
    if (named.length > 1 && !spec.layout.showlegend) {
      spec.layout.showlegend = true;
      spec.layout.legend = { orientation: 'h', x: 0, y: 1, yanchor: 'bottom' };
      spec.layout.margin.t = 30;
      spec.layout.height += 22;
    }
    var size = { format: 'svg', width: 720, height: spec.layout.height };
    return Plotly.toImage({ data: spec.data, layout: spec.layout }, size).then(function (url) {
      var place = document.createElement('pre');
      place.setAttribute('data-name', chart.getAttribute('data-name'));
      place.textContent = url.slice(url.indexOf(',') + 1);
      return place;
    });
  });
  Promise.all(drawn).then(function (places) { document.body.replaceChildren.apply(document.body, places); });
})();
