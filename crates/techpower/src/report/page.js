// Language, charts, links to places, rows to save, the filter of the list of events, and print. Nothing here computes; without it the
// tables still stand.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }
  function pageOf(lang) { return document.querySelector('.page[data-lang="' + lang + '"]'); }
  function current() { return pageOf(root.getAttribute('data-lang')); }

  // Charts are drawn when they come near the window: a page opens before its last chart is drawn.
  function draw(box) {
    if (box.classList.contains('drawn')) { return; }
    box.classList.add('drawn');
    if (!window.Plotly) {
      var script = document.createElement('script');
      script.textContent = unpacked(document.getElementById('plotly'));
      document.head.appendChild(script);
    }
    var spec = JSON.parse(box.querySelector('script').textContent);
    Plotly.newPlot(box, spec.data, spec.layout, { displayModeBar: false, responsive: true, showTips: false });
    if (box.hasAttribute('data-click')) {
      box.on('plotly_click', function (event) { show(event.points[0].customdata); });
    }
  }
  var near = window.IntersectionObserver && new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) {
        near.unobserve(entry.target);
        draw(entry.target);
      }
    });
  }, { rootMargin: '400px' });
  function drawSoon(page) {
    all('.plot:not(.drawn)', page).forEach(function (box) { if (near) { near.observe(box); } else { draw(box); } });
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
    all('[data-shared]', page).forEach(function (place) {
      place.appendChild(document.getElementById(place.getAttribute('data-shared')));
    });
    drawSoon(page);
    all('.plot.drawn', page).forEach(function (box) { Plotly.Plots.resize(box); });
    markSoon();
  }

  // Shows a place whatever hides it: another language, what is folded away, a filter.
  function show(id) {
    var place = document.getElementById(id);
    if (!place) { return; }
    var lang = languageOf('#' + id);
    if (lang && lang !== root.getAttribute('data-lang')) { setLanguage(lang); }
    for (var box = place.closest('details'); box; box = box.parentElement.closest('details')) { box.open = true; }
    var own = place.classList.contains('sentence') && place.parentElement.querySelector('details');
    if (own) { own.open = true; }
    all('.found').forEach(function (other) { other.classList.remove('found'); });
    if (place.tagName === 'TR') {
      place.hidden = false;
      place.classList.add('found');
      place.scrollIntoView({ block: 'center' });
    } else {
      place.scrollIntoView();
    }
  }
  function byHash() {
    if (location.hash.length > 1) { show(decodeURIComponent(location.hash.slice(1))); }
  }
  window.addEventListener('hashchange', byHash);

  // Where the reader is: the last heading that has passed the top.
  function heading() {
    var found = null;
    all('main h2, main h3', current()).forEach(function (other) {
      if (other.getBoundingClientRect().top < 130) { found = other; }
    });
    return found;
  }
  function anchorOf(place) { return place && (place.tagName === 'H2' ? place.parentElement.id : place.id); }
  function mark() {
    var page = current(), now = anchorOf(heading());
    all('nav a', page).forEach(function (link) {
      var here = link.getAttribute('href') === '#' + now;
      if (here) { link.setAttribute('aria-current', 'true'); } else { link.removeAttribute('aria-current'); }
    });
    var link = page.querySelector('nav a[aria-current]');
    page.querySelector('nav .here').textContent = link ? link.textContent : '';
    if (link && wide.matches) { keepInView(link, page.querySelector('nav details')); }
  }
  function keepInView(link, box) {
    var inner = link.getBoundingClientRect(), outer = box.getBoundingClientRect();
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      box.scrollTop += inner.top - outer.top - outer.height / 3;
    }
  }
  var waiting = false;
  function markSoon() {
    if (waiting) { return; }
    waiting = true;
    window.requestAnimationFrame(function () { waiting = false; mark(); });
  }
  window.addEventListener('scroll', markSoon, { passive: true });

  // The table of contents stands open where there is room beside the text, and folds away above it where there is none.
  var wide = window.matchMedia('(min-width: 1500px)');
  function fold() { all('nav details').forEach(function (box) { box.open = wide.matches; }); }
  if (wide.addEventListener) { wide.addEventListener('change', fold); }
  fold();
  document.addEventListener('click', function (event) {
    var inside = event.target.closest('nav');
    if (!wide.matches && (!inside || event.target.closest('nav a'))) { fold(); }
  });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && !wide.matches) { fold(); } });

  // The other language opens at what is being read.
  all('.language').forEach(function (button) {
    button.addEventListener('click', function () {
      var other = root.getAttribute('data-lang') === 'en' ? 'zh' : 'en';
      var place = window.scrollY > 200 && anchorOf(heading());
      location.hash = (place || 'top-en').replace(/-(en|zh)$/, '-' + other);
    });
  });

  // Rows to save. A figure brings its rows along; those of a table are read from its cells.
  var INTERVAL = /^([-\d.,]+)(%?)(?: ?[(（]| \| )([-\d.,]+)%?(?:–| to |至)([-\d.,]+)%?[)）]?$/;
  var NUMBER = /^[<>]?-?[\d.,]+%?$/;
  function wordsOf(cell) {
    var copy = cell.cloneNode(true);
    all('svg, button, details, .permalink, [aria-hidden="true"]', copy).forEach(function (part) { part.remove(); });
    all('br, .also', copy).forEach(function (part) { part.insertAdjacentText('beforebegin', ' | '); });
    all('small', copy).forEach(function (part) { part.textContent = ' (' + part.textContent + ')'; });
    return copy.textContent.replace(/\s+/g, ' ').replace(/^[ |]+|[ |]+$/g, '').replace(/−(?=\d)/g, '-');
  }
  function spread(row) {
    var cells = [];
    all('th, td', row).filter(function (cell) { return cell.parentElement === row; }).forEach(function (cell) {
      for (var n = 0; n < cell.colSpan; n += 1) { cells.push(cell); }
    });
    return cells;
  }
  function rowsOfTable(table) {
    var head = [], groups = '', grouped = false, drawn = [], rows = [];
    all('tr', table.tHead).forEach(function (row) {
      spread(row).forEach(function (cell, at) {
        var said = wordsOf(cell);
        head[at] = head[at] && said ? head[at] + ' · ' + said : head[at] || said;
      });
    });
    Array.prototype.slice.call(table.tBodies[0].rows).filter(function (row) { return !row.hidden; }).forEach(function (row) {
      var cells = spread(row);
      if (row.cells.length === 1 && cells.length > 1) {
        groups = wordsOf(row.querySelector('b') || row.cells[0]);
        grouped = true;
        return;
      }
      cells.forEach(function (cell, at) { if (cell.querySelector('svg.strip') && !wordsOf(cell)) { drawn[at] = true; } });
      rows.push({ group: groups, cells: cells.map(function (cell) { return wordsOf(cell).replace(/^–$/, ''); }) });
    });
    var out = { head: grouped ? [''] : [], rows: rows.map(function (row) { return grouped ? [row.group] : []; }) };
    head.forEach(function (name, at) {
      var cells = rows.map(function (row) { return row.cells[at] || ''; });
      if (drawn[at] && cells.every(function (cell) { return !cell; })) { return; }
      var told = cells.filter(Boolean);
      // A column of numbers with intervals becomes three; a number that is exact has none.
      var apart = told.some(function (cell) { return INTERVAL.test(cell); })
        && told.every(function (cell) { return INTERVAL.test(cell) || NUMBER.test(cell); });
      out.head.push(name);
      if (apart) { ['low', 'high'].forEach(function (end) { out.head.push(name + ' · ' + current().getAttribute('data-' + end)); }); }
      cells.forEach(function (cell, row) {
        var parts = apart && cell ? INTERVAL.exec(cell) : null;
        if (parts) { parts = [parts[1] + parts[2], parts[3] + parts[2], parts[4] + parts[2]]; }
        out.rows[row].push.apply(out.rows[row], parts || (apart ? [cell, '', ''] : [cell]));
      });
    });
    return out;
  }
  function quoted(cell) {
    if (cell === null || cell === undefined) { return ''; }
    var said = String(cell);
    if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(said)) { said = said.replace(/,/g, ''); }
    // A spreadsheet would compute what begins like a formula.
    if (typeof cell !== 'number' && (/^[=+@\t]/.test(said) || /^-(?![\d.]+%?$)/.test(said))) { said = "'" + said; }
    return /[",\r\n]/.test(said) ? '"' + said.replace(/"/g, '""') + '"' : said;
  }
  function csv(data) {
    // The mark at the beginning tells spreadsheets that this is UTF-8.
    return '\uFEFF' + [data.head].concat(data.rows).map(function (row) {
      return row.map(quoted).join(',') + '\r\n';
    }).join('');
  }
  function rowsOf(button) {
    var figure = button.closest('figure');
    if (figure) { return JSON.parse(figure.querySelector('script.rows').textContent); }
    return rowsOfTable(button.closest('table'));
  }
  document.addEventListener('click', function (event) {
    var button = event.target.closest('button.csv');
    if (!button) { return; }
    var place = button.closest('figure') || button.closest('caption').querySelector('[id]');
    var link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv(rowsOf(button))], { type: 'text/csv;charset=utf-8' }));
    link.download = current().getAttribute('data-study') + '-' + place.id + '.csv';
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  });

  all('.filter').forEach(function (filter) {
    var rows = all('tbody tr', document.getElementById(filter.getAttribute('data-for')));
    var count = filter.querySelector('output');
    function apply() {
      var shown = 0;
      var text = filter.querySelector('input').value.trim().toLowerCase();
      rows.forEach(function (row) {
        var hit = all('select', filter).every(function (select) {
          return !select.value || (' ' + row.getAttribute('data-' + select.name) + ' ').indexOf(' ' + select.value + ' ') >= 0;
        });
        hit = hit && (!text || row.textContent.toLowerCase().indexOf(text) >= 0);
        row.hidden = !hit;
        if (hit) { shown += 1; }
      });
      count.textContent = shown + ' / ' + rows.length;
    }
    filter.addEventListener('input', apply);
    count.textContent = rows.length + ' / ' + rows.length;
  });

  // In print everything is open and drawn, and charts are as wide as the page.
  var closed = [];
  window.addEventListener('beforeprint', function () {
    closed = all('details').filter(function (box) { return !box.open; });
    closed.forEach(function (box) { box.open = true; });
    all('.plot', current()).forEach(function (box) {
      draw(box);
      Plotly.relayout(box, { width: box.closest('.grid') ? 330 : 680 });
    });
  });
  window.addEventListener('afterprint', function () {
    closed.forEach(function (box) { box.open = false; });
    all('.plot.drawn').forEach(function (box) { Plotly.relayout(box, { width: null, autosize: true }); });
  });

  var asked = /[?&]lang=(en|zh)/.exec(location.search);
  var browser = (navigator.language || '').slice(0, 2) === 'zh' ? 'zh' : 'en';
  setLanguage(languageOf(location.hash) || (asked && asked[1]) || browser);
  byHash();
})();
