// Forms that answer as they are filled in: the same address, of which only the live part is fetched. Without this script the button does
// the same, and a page's address always shows the page again.
(function () {
  'use strict';
  // Where pages do not all fit side by side, this one is in sight.
  var here = document.querySelector('nav.pages a[aria-current]');
  if (here) { here.scrollIntoView({ block: 'nearest', inline: 'center' }); }
  var form = document.querySelector('form[data-live]');
  var live = document.getElementById('live');
  var progress = document.querySelector('.progress');
  if (!form || !live) { return; }
  var asking = null;
  var waiting = null;
  form.classList.add('scripted');

  // Empty fields stay out of the address.
  function fields() {
    var list = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === 'string' && value !== '') { list.append(name, value); }
    });
    return list;
  }

  function tell(words) { progress.textContent = words; }

  function ask() {
    if (asking) { asking.abort(); }
    var mine = new AbortController();
    asking = mine;
    var list = fields().toString();
    var posts = form.method === 'post';
    var address = form.getAttribute('action') + (list && !posts ? '?' + list : '');
    var slow = setTimeout(function () {
      tell(progress.getAttribute('data-words'));
      live.setAttribute('aria-busy', 'true');
    }, 300);
    var how = { headers: { 'X-Part': '1' }, signal: mine.signal, credentials: 'same-origin' };
    if (posts) {
      how.method = 'POST';
      how.body = fields();
    }
    fetch(address, how).then(function (answer) {
      return answer.text().then(function (text) {
        if (mine.signal.aborted) { return; }
        clearTimeout(slow);
        var type = answer.headers.get('Content-Type') || '';
        if (answer.status === 414 || answer.status === 431) {
          tell(progress.getAttribute('data-long'));
        } else if (type.indexOf('text/html') !== 0) {
          tell(text);
        } else {
          live.innerHTML = text;
          tell('');
          if (!posts) { history.replaceState(null, '', address); }
          window.drawFigures(live);
        }
        live.removeAttribute('aria-busy');
      });
    }).catch(function (error) {
      clearTimeout(slow);
      if (error.name !== 'AbortError') {
        live.removeAttribute('aria-busy');
        tell(progress.getAttribute('data-failed'));
      }
    });
  }

  function soon(delay) {
    clearTimeout(waiting);
    waiting = setTimeout(ask, delay);
  }

  // What a slider stands at.
  function read(slider) {
    var output = slider.parentElement.querySelector('output');
    // Six digits: the steps of a threshold have as many as a number can.
    if (output) { output.textContent = String(Number(Number(slider.value).toPrecision(6))); }
  }

  form.addEventListener('input', function (event) {
    if (event.target.type === 'range') { read(event.target); }
    if (event.target.hasAttribute('data-reload') || event.target.hasAttribute('data-whole')) { return; }
    soon(event.target.type === 'range' ? 40 : 200);
  });
  // Fields on which other fields depend load the whole page.
  form.addEventListener('change', function (event) {
    if (event.target.hasAttribute('data-reload')) { form.requestSubmit(); }
    if (event.target.hasAttribute('data-whole')) { ask(); }
  });
  // What means nothing until it is whole is asked when it is left, or at once by Ctrl and Enter.
  form.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { ask(); }
  });
  form.addEventListener('formdata', function (event) {
    var names = [];
    event.formData.forEach(function (value, name) { if (value === '') { names.push(name); } });
    names.forEach(function (name) {
      var kept = event.formData.getAll(name).filter(function (value) { return value !== ''; });
      event.formData.delete(name);
      kept.forEach(function (value) { event.formData.append(name, value); });
    });
  });
})();
