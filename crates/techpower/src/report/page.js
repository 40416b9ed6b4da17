// Language, charts, the filter of the list of events, and print. Nothing here computes; without it the tables still stand.
(function () {
  'use strict';
  var root = document.documentElement;

  function pageOf(lang) { return document.querySelector('.page[data-lang="' + lang + '"]'); }

  function drawAll(page) {
    page.querySelectorAll('.plot:not(.drawn)').forEach(function (box) {
      var spec = JSON.parse(box.querySelector('script').textContent);
      box.classList.add('drawn');
      Plotly.newPlot(box, spec.data, spec.layout, { displayModeBar: false, responsive: true, showTips: false });
      if (box.hasAttribute('data-click')) {
        box.on('plotly_click', function (event) { show(event.points[0].customdata); });
      }
    });
  }

  function languageOf(hash) {
    var found = /(?:^#|-)(en|zh)$/.exec(hash);
    return found && found[1];
  }

  function setLanguage(lang) {
    root.setAttribute('data-lang', lang);
    root.lang = lang === 'zh' ? 'zh-Hans' : 'en';
    var page = pageOf(lang);
    document.title = page.getAttribute('data-title');
    page.querySelectorAll('[data-shared]').forEach(function (place) {
      place.appendChild(document.getElementById(place.getAttribute('data-shared')));
    });
    drawAll(page);
    page.querySelectorAll('.plot.drawn').forEach(function (box) { Plotly.Plots.resize(box); });
  }

  function byHash() {
    var lang = languageOf(location.hash);
    if (lang && lang !== root.getAttribute('data-lang')) {
      setLanguage(lang);
      var place = document.getElementById(location.hash.slice(1));
      if (place) { place.scrollIntoView(); }
    }
  }

  // The other language opens at the section that is being read.
  document.querySelectorAll('.language').forEach(function (button) {
    button.addEventListener('click', function () {
      var now = root.getAttribute('data-lang');
      var other = now === 'en' ? 'zh' : 'en';
      var name = 'top';
      pageOf(now).querySelectorAll('main > section').forEach(function (section) {
        if (section.getBoundingClientRect().top < 120) { name = section.id.replace(/-(en|zh)$/, ''); }
      });
      location.hash = (window.scrollY < 200 ? 'top' : name) + '-' + other;
    });
  });
  window.addEventListener('hashchange', byHash);

  // A point of the timeline leads to its row, whatever the filter hides.
  function show(id) {
    var row = document.getElementById(id);
    if (!row) { return; }
    document.querySelectorAll('tr.found').forEach(function (other) { other.classList.remove('found'); });
    row.hidden = false;
    for (var box = row.closest('details'); box; box = box.parentElement.closest('details')) { box.open = true; }
    row.classList.add('found');
    row.scrollIntoView({ block: 'center' });
  }

  document.querySelectorAll('.filter').forEach(function (filter) {
    var rows = document.getElementById(filter.getAttribute('data-for')).querySelectorAll('tbody tr');
    var count = filter.querySelector('output');
    function apply() {
      var shown = 0;
      var text = filter.querySelector('input').value.trim().toLowerCase();
      rows.forEach(function (row) {
        var hit = Array.prototype.every.call(filter.querySelectorAll('select'), function (select) {
          return !select.value || (' ' + row.getAttribute('data-' + select.name) + ' ').indexOf(' ' + select.value + ' ') >= 0;
        });
        hit = hit && (!text || row.textContent.toLowerCase().indexOf(text) >= 0);
        row.hidden = !hit;
        if (hit) { shown += 1; }
      });
      count.textContent = shown + ' / ' + rows.length;
    }
    filter.addEventListener('input', apply);
    apply();
  });

  // In print everything is open, and charts are as wide as the page.
  var closed = [];
  window.addEventListener('beforeprint', function () {
    closed = Array.prototype.filter.call(document.querySelectorAll('details'), function (box) { return !box.open; });
    closed.forEach(function (box) { box.open = true; });
    var page = pageOf(root.getAttribute('data-lang'));
    page.querySelectorAll('.plot.drawn').forEach(function (box) {
      Plotly.relayout(box, { width: box.closest('.grid') ? 330 : 680 });
    });
  });
  window.addEventListener('afterprint', function () {
    closed.forEach(function (box) { box.open = false; });
    document.querySelectorAll('.plot.drawn').forEach(function (box) {
      Plotly.relayout(box, { width: null, autosize: true });
    });
  });

  var asked = /[?&]lang=(en|zh)/.exec(location.search);
  var browser = (navigator.language || '').slice(0, 2) === 'zh' ? 'zh' : 'en';
  setLanguage(languageOf(location.hash) || (asked && asked[1]) || browser);
})();
