/**
 * One live connection to an Orrery gateway, over the Centrifuge client protocol in its JSON form.
 *
 * A subscription hands its owner the whole state first and after a gap, then every difference in order. When the
 * connection is lost it comes back by itself, and each subscription continues after the last offset it saw.
 */
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;

export class Live extends EventTarget {
  #url;
  #socket = null;
  #ready = false;
  #lastId = 0;
  #waiting = new Map();
  #subscriptions = new Map();
  #attempt = 0;
  #silence = null;

  /** connecting, live, reconnecting or refused; a `state` event says when it changes. */
  state = 'connecting';
  detail = '';

  constructor(url) {
    super();
    this.#url = url;
    this.#open();
  }

  /** Follows a channel: `whole(state)` first and after a gap, then `delta(change)`; returns what ends it. */
  subscribe(channel, { whole, delta, refused = () => {} }) {
    const subscription = { channel, whole, delta, refused, epoch: null, offset: 0 };
    this.#subscriptions.set(channel, subscription);
    if (this.#ready) this.#join(subscription);
    return () => {
      this.#subscriptions.delete(channel);
      if (this.#ready) this.#request({ unsubscribe: { channel } }).catch(() => {});
    };
  }

  /** Calls a method of the server; rejects with its one-line answer when it refuses. */
  async rpc(method, data) {
    const reply = await this.#request({ rpc: { method, data } });
    return reply.rpc.data;
  }

  #say(state, detail = '') {
    this.state = state;
    this.detail = detail;
    this.dispatchEvent(new Event('state'));
  }

  #open() {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heard(CONNECT_TIMEOUT_MS);
    socket.onopen = async () => {
      try {
        const { connect } = await this.#request({ connect: { name: 'page' } }, true);
        this.#attempt = 0;
        this.#ready = true;
        this.pingMillis = (connect.ping ?? 25) * 1_000;
        this.answersPings = connect.pong ?? false;
        this.#heard(this.pingMillis * 2);
        this.#say('live');
        for (const subscription of this.#subscriptions.values()) this.#join(subscription);
      } catch (error) {
        socket.close();
      }
    };
    socket.onmessage = ({ data }) => {
      for (const line of data.split('\n')) if (line) this.#receive(JSON.parse(line));
    };
    socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason);
  }

  #heard(limitMillis) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(this.#socket, 0, 'no answer'), limitMillis);
  }

  #lost(socket, code, reason) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#ready = false;
    clearTimeout(this.#silence);
    socket.close();
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection was lost'));
    this.#waiting.clear();
    if (code >= 3500 && code < 4000) {
      this.#say('refused', reason);
      return;
    }
    const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempt++);
    const delay = most / 2 + Math.random() * most / 2;
    this.#say('reconnecting', `attempt ${this.#attempt}`);
    setTimeout(() => this.#open(), delay);
  }

  #request(command, whileConnecting = false) {
    if (!whileConnecting && !this.#ready) return Promise.reject(new Error('not connected'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, ...command }));
    });
  }

  #receive(reply) {
    if (this.#ready) this.#heard(this.pingMillis * 2);
    if (reply.id) {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error) waiting?.reject(new Error(reply.error.message));
      else waiting?.resolve(reply);
    } else if (reply.push) {
      this.#pushed(reply.push);
    } else if (this.answersPings) {
      this.#socket.send('{}');
    }
  }

  #pushed({ channel, pub, unsubscribe }) {
    const subscription = this.#subscriptions.get(channel);
    if (!subscription) return;
    if (pub) {
      this.#advance(subscription, pub);
    } else if (unsubscribe && unsubscribe.code >= 2500) {
      this.#join(subscription);
    } else if (unsubscribe) {
      this.#subscriptions.delete(channel);
      subscription.refused(unsubscribe.reason);
    }
  }

  #advance(subscription, pub) {
    if (subscription.offset && pub.offset <= subscription.offset) return;
    subscription.offset = pub.offset ?? subscription.offset;
    subscription.delta(pub.data);
  }

  async #join(subscription) {
    const { channel, epoch, offset } = subscription;
    const position = epoch === null ? {} : { recover: true, epoch, offset };
    try {
      const { subscribe } = await this.#request({ subscribe: { channel, ...position } });
      if (!subscribe.recovered && 'data' in subscribe) {
        subscription.offset = subscribe.offset ?? 0;
        subscription.whole(subscribe.data);
      }
      subscription.epoch = subscribe.epoch ?? '';
      for (const pub of subscribe.publications ?? []) this.#advance(subscription, pub);
    } catch (error) {
      if (this.#ready) subscription.refused(error.message);
    }
  }
}

/** The rows of a window after patches: what a page that only applies patches shows equals what a fresh one loads. */
export function patched(rows, patches) {
  const next = rows.slice();
  for (const [operation, patch] of patches.flatMap(Object.entries)) {
    switch (operation) {
      case 'Insert': next.splice(patch.index, 0, patch.row); break;
      case 'Update': next[patch.index] = patch.row; break;
      case 'Move': next.splice(patch.to, 0, ...next.splice(patch.from, 1)); break;
      case 'Remove': next.splice(patch.index, 1); break;
    }
  }
  return next;
}
