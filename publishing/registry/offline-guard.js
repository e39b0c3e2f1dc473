// Preloaded into every Node process of the proof: nothing leaves this machine, and who tries is written down.
const { appendFileSync } = require('node:fs');
const dgram = require('node:dgram');
const net = require('node:net');

const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/;

function refusal(host, port) {
  if (process.env.OFFLINE_GUARD_LOG) {
    appendFileSync(process.env.OFFLINE_GUARD_LOG, `${host}:${port} by ${process.argv.slice(1, 4).join(' ')}\n`);
  }
  return Object.assign(new Error(`offline: a connection to ${host}:${port} was refused`), { code: 'EOFFLINE' });
}

/** What `connect` was asked for: (options), (port, host), (path), or what net makes of it, an array. */
function asked([first, second]) {
  if (Array.isArray(first)) {
    return first[0];
  }
  if (typeof first === 'object') {
    return first;
  }
  return Number.isInteger(Number(first)) ? { port: first, host: typeof second === 'string' ? second : undefined } : { path: first };
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const { path, host = 'localhost', port } = asked(args);
  if (path || LOOPBACK.test(host)) {
    return connect.apply(this, args);
  }
  const error = refusal(host, port);
  process.nextTick(() => this.destroy(error));
  return this;
};

const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (...args) {
  const host = args.slice(1).find(arg => typeof arg === 'string');
  if (host === undefined || LOOPBACK.test(host)) {
    return send.apply(this, args);
  }
  throw refusal(host, args.find(arg => typeof arg === 'number'));
};
