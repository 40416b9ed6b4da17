// Unpacks what was packed with DEFLATE (RFC 1951) and written in base 64: plotly.js, which is two thirds smaller so. It is done here and not by
// the browser's own stream, because that one answers later, and paper does not wait.
function unpacked(element) {
  'use strict';
  var packed = atob(element.textContent.trim());
  var input = new Uint8Array(packed.length);
  for (var i = 0; i < packed.length; i += 1) { input[i] = packed.charCodeAt(i); }
  var out = new Uint8Array(Number(element.getAttribute('data-size')));
  var written = 0, read = 0, held = 0, bits = 0;

  function need(n) { while (held < n) { bits |= input[read] << held; read += 1; held += 8; } }
  function take(n) {
    need(n);
    var value = bits & ((1 << n) - 1);
    bits >>>= n;
    held -= n;
    return value;
  }
  // A table from the next bits to a symbol and the length of its code.
  function codes(lengths) {
    var counts = new Uint16Array(17), next = new Uint16Array(17), most = 0;
    lengths.forEach(function (length) { if (length) { counts[length] += 1; most = Math.max(most, length); } });
    for (var n = 1; n <= 16; n += 1) { next[n] = (next[n - 1] + counts[n - 1]) << 1; }
    var table = new Uint16Array(1 << most);
    lengths.forEach(function (length, symbol) {
      if (!length) { return; }
      var code = next[length], turned = 0;
      next[length] += 1;
      for (var n = 0; n < length; n += 1) { turned |= ((code >> n) & 1) << (length - 1 - n); }
      for (var at = turned; at < table.length; at += 1 << length) { table[at] = symbol << 4 | length; }
    });
    return { table: table, most: most };
  }
  function symbol(code) {
    need(code.most);
    var entry = code.table[bits & ((1 << code.most) - 1)];
    bits >>>= entry & 15;
    held -= entry & 15;
    return entry >> 4;
  }
  function lengthsOf(count, code) {
    var list = [];
    while (list.length < count) {
      var kind = symbol(code);
      if (kind < 16) { list.push(kind); continue; }
      var value = kind === 16 ? list[list.length - 1] : 0;
      var times = kind === 16 ? 3 + take(2) : kind === 17 ? 3 + take(3) : 11 + take(7);
      while (times > 0) { list.push(value); times -= 1; }
    }
    return list;
  }
  function same(length, times) { return new Array(times).fill(length); }
  // Lengths and distances of copies: where each symbol begins, and how many bits follow it.
  function steps(first, every, count) {
    var from = [], extra = [], at = first;
    for (var n = 0; n < count; n += 1) {
      var more = Math.max(0, Math.floor(n / every) - 1);
      from.push(at);
      extra.push(more);
      at += 1 << more;
    }
    return { from: from, extra: extra };
  }
  var LENGTHS = steps(3, 4, 28), DISTANCES = steps(1, 2, 30);
  LENGTHS.from.push(258);
  LENGTHS.extra.push(0);

  function stored() {
    read -= held >> 3;
    bits = held = 0;
    var length = input[read] | input[read + 1] << 8;
    out.set(input.subarray(read + 4, read + 4 + length), written);
    read += 4 + length;
    written += length;
  }
  function coded(literals, distances) {
    for (;;) {
      var kind = symbol(literals);
      if (kind === 256) { return; }
      if (kind < 256) { out[written] = kind; written += 1; continue; }
      var length = LENGTHS.from[kind - 257] + take(LENGTHS.extra[kind - 257]);
      var step = symbol(distances);
      var from = written - DISTANCES.from[step] - take(DISTANCES.extra[step]);
      for (; length > 0; length -= 1) { out[written] = out[from]; written += 1; from += 1; }
    }
  }
  for (var last = 0; !last;) {
    last = take(1);
    var kind = take(2);
    if (kind === 0) {
      stored();
    } else if (kind === 1) {
      coded(codes(same(8, 144).concat(same(9, 112), same(7, 24), same(8, 8))), codes(same(5, 30)));
    } else {
      var literals = 257 + take(5), distances = 1 + take(5), count = 4 + take(4), lengths = same(0, 19);
      [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].slice(0, count)
        .forEach(function (at) { lengths[at] = take(3); });
      var both = lengthsOf(literals + distances, codes(lengths));
      coded(codes(both.slice(0, literals)), codes(both.slice(literals)));
    }
  }
  return new TextDecoder().decode(out);
}
